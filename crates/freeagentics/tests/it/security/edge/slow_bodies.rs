//! Bodies that never arrive.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use crate::api::{Installation, KEY, Server};

/// What is answered to a body that is sent in these pieces.
fn answered(server: &Server, length: usize, pieces: &[&str]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let head = "POST /api/v1/keys HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}authorization: Bearer {KEY}\r\ncontent-length: {length}\r\n\r\n").unwrap();
    for piece in pieces {
        stream.write_all(piece.as_bytes()).unwrap();
        sleep(Duration::from_millis(20));
    }
    let mut told = String::new();
    let _ = stream.read_to_string(&mut told);
    told
}

#[test]
fn a_body_that_does_not_come_is_given_up_and_one_in_pieces_is_taken() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "http.body_timeout=1s"]);
    let pieces = ["{\"name\":", "\"a program\",", "\"permissions\":[]}"];
    let told = answered(&server, pieces.concat().len(), &pieces);
    assert!(told.starts_with("HTTP/1.1 201 "), "{told}");
    let told = answered(&server, 1_000, &["{"]);
    assert!(told.starts_with("HTTP/1.1 408 ") && told.contains("body_too_slow"), "{told}");
}
