//! Headers that never end.

use std::io::Write;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use crate::api::Installation;
use crate::security::edge::answers_soon;

#[test]
fn who_takes_all_connections_and_sends_a_byte_now_and_then_loses_them() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "http.header_timeout=500ms", "--set", "http.max_connections=4"]);
    let mut slow: Vec<TcpStream> = (0..4).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n").unwrap();
    }
    for _ in 0..8 {
        sleep(Duration::from_millis(100));
        for stream in &mut slow {
            // It may be gone already: that is what is wanted.
            let _ = stream.write_all(b"x");
        }
    }
    assert!(answers_soon(&server), "the slow ones still have all places");
}
