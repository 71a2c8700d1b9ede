//! Speaking in the clear to a port that is protected.

use std::io::{Read, Write};
use std::time::Duration;

use crate::api::{Encrypted, KEY};

#[test]
fn nobody_is_served_in_the_clear() {
    let server = Encrypted::start(&[]);
    assert_eq!(server.lives(server.config(None)).unwrap(), 200);
    for request in [
        format!("GET /api/v1/agents HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {KEY}\r\n\r\n"),
        "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ] {
        let mut stream = server.tcp();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 400 ") && answer.contains("write https:// instead of http://"),
            "{answer}"
        );
        assert!(!answer.contains(KEY) && !answer.contains("agents"), "{answer}");
    }
    // A client has its answer a moment before it is counted.
    let counted = |_| {
        std::thread::sleep(Duration::from_millis(20));
        let metrics = server.server.metrics().get("/metrics").text;
        metrics.contains("tls_handshakes_total{outcome=\"plain_http\"} 3")
    };
    assert!((0..200).any(counted), "{}", server.server.metrics().get("/metrics").text);
}
