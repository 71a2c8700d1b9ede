//! More work than there is room for.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::api::{Installation, KEY};

#[test]
fn who_comes_when_all_places_are_taken_is_told_at_once_to_come_again() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "http.max_in_flight=2", "--set", "http.body_timeout=20s"]);
    let body = "{\"name\":\"a\",\"permissions\":[]}";
    let head = format!(
        "POST /api/v1/keys HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut busy: Vec<TcpStream> = (0..2).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    for stream in &mut busy {
        stream.write_all(head.as_bytes()).unwrap();
    }
    std::thread::sleep(Duration::from_millis(500));
    let refused = server.client().get("/api/v1/agents");
    refused.problem(503, "overloaded");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(server.stranger().get("/health/live").status, 200);
    for stream in &mut busy {
        stream.write_all(body.as_bytes()).unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        assert!(told.starts_with("HTTP/1.1 201 "), "what was taken on is finished: {told}");
    }
    server.client().get("/api/v1/agents").expect(200);
}
