//! Connections without number.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::api::Installation;
use crate::security::edge::answers_soon;

const ASKED: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";

#[test]
fn one_address_does_not_get_all_connections() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "http.max_connections_per_address=4"]);
    let mut flood: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    let served = flood.iter_mut().filter_map(|stream| {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(ASKED).ok()?;
        let mut first = [0; 12];
        stream.read_exact(&mut first).ok()?;
        (&first == b"HTTP/1.1 200").then_some(())
    });
    assert_eq!(served.count(), 4);
    drop(flood);
    assert!(answers_soon(&server), "places that are given back are free again");
    let told = server.metrics().get("/metrics").text;
    let line = told.lines().find(|line| line.starts_with("http_connections_refused_total")).unwrap_or_default();
    let n_refused: usize = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(n_refused >= 36, "{line}");
}
