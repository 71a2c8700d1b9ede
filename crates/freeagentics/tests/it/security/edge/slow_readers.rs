//! Clients that ask and never read.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use crate::api::Installation;
use crate::security::edge::answers_soon;

#[test]
fn who_never_reads_loses_the_connection() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "http.send_timeout=500ms", "--set", "http.max_connections=1"]);
    let mut silent = TcpStream::connect(server.address()).unwrap();
    silent.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    let asked = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
    while silent.write_all(asked.as_bytes()).is_ok() {}
    assert!(answers_soon(&server), "the silent one still has its place");
}
