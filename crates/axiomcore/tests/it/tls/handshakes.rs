//! The ways in which a connection begins.

use std::io::{Read, Write};
use std::time::Duration;

use axiomcore::config::Period;
use axiomcore::tls::Version;

use super::{Protected, Talk, until};

#[test]
fn a_client_that_believes_the_authority_is_answered_and_the_request_knows_that_it_was_protected() {
    let server = Protected::start(|_| {});
    assert!(server.get("/who").unwrap().ends_with("127.0.0.1 true"));
    assert_eq!(server.metric("tls_handshakes_total"), ["tls_handshakes_total{outcome=\"completed\"} 1"]);
}

#[test]
fn a_client_that_speaks_plain_http_is_told_what_is_wrong_and_nothing_else() {
    let server = Protected::start(|_| {});
    for request in
        ["GET /hello HTTP/1.1\r\nhost: x\r\n\r\n", "POST /orders HTTP/1.1\r\nauthorization: Bearer secret\r\n\r\n"]
    {
        let mut stream = server.tcp();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(
            answer.ends_with("\r\n\r\nThis server speaks TLS: write https:// instead of http:// here."),
            "{answer}"
        );
        assert!(answer.contains("\r\nconnection: close\r\n") && !answer.contains("secret"));
    }
    until("both are counted", || {
        server.metric("tls_handshakes_total") == ["tls_handshakes_total{outcome=\"plain_http\"} 2"]
    });
    assert!(server.metric("http_requests_total").is_empty(), "no request has reached the service");
}

#[test]
fn nonsense_ends_the_connection() {
    let server = Protected::start(|_| {});
    let record = [&[22, 3, 1, 0x40, 0][..], &[0xff; 16384]].concat();
    for bytes in [&b"\0\0\0"[..], b"\x16\x03\x01\xff\xff", b"\x80\x2e\x01\x00\x02", &record] {
        let mut stream = server.tcp();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        // The server may be gone before it has read all of it.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer[0] == 21, "an alert or nothing, not {answer:?}");
    }
    assert!(server.get("/hello").is_ok());
}

#[test]
fn a_client_that_goes_silent_in_the_handshake_is_let_go() {
    let server = Protected::start(|config| config.handshake_timeout = Period::millis(100));
    for beginning in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01"] {
        let mut stream = server.tcp();
        stream.write_all(beginning).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0, "{beginning:?}");
    }
    until("all are counted", || {
        server.metric("tls_handshakes_total") == ["tls_handshakes_total{outcome=\"timed_out\"} 3"]
    });
}

#[test]
fn a_flood_of_handshakes_that_never_end_pushes_itself_out_and_nobody_else() {
    let server =
        Protected::start(|config| (config.max_handshakes, config.handshake_timeout) = (4, Period::seconds(60)));
    let mut flood: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = server.tcp();
            // It may have been pushed out already.
            let _ = stream.write_all(b"\x16\x03\x01");
            stream
        })
        .collect();
    let pushed_out = |count: usize| {
        let line = format!("tls_handshakes_total{{outcome=\"crowded_out\"}} {count}");
        until(&line, || server.metric("tls_handshakes_total{outcome=\"crowded_out\"}") == [line.clone()]);
    };
    pushed_out(16);
    assert!(server.get("/hello").unwrap().ends_with("hello"));
    pushed_out(17);
    flood[0].set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(flood[0].read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn whatever_name_a_client_asks_for_it_gets_the_one_certificate_and_no_list_of_names() {
    let server = Protected::start(|_| {});
    let good = Talk::open(&server, server.client(Version::Tls13, None), "localhost").unwrap().shown();
    for name in ["127.0.0.1", "other.example", "admin.localhost", &format!("{}.example", "a".repeat(60))] {
        // The client notices that it is another's, and goes.
        let refused = Talk::open(&server, server.client(Version::Tls13, None), name).err().unwrap();
        assert!(refused.to_string().contains("certificate"), "{name}: {refused}");
    }
    let mut client = server.client(Version::Tls13, None);
    client.enable_sni = false;
    assert_eq!(Talk::open(&server, client, "localhost").unwrap().shown(), good);
}
