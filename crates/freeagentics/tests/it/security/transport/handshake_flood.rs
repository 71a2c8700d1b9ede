//! Handshakes that never end.

use std::io::{Read, Write};
use std::time::Duration;

use crate::api::Encrypted;

#[test]
fn a_flood_of_half_handshakes_pushes_itself_out_and_nobody_else() {
    let server = Encrypted::start(&["--set", "tls.max_handshakes=8", "--set", "tls.handshake_timeout=60s"]);
    let mut flood: Vec<_> = (0..40)
        .map(|_| {
            let mut stream = server.tcp();
            // It may have been pushed out already.
            let _ = stream.write_all(b"\x16\x03\x01");
            stream
        })
        .collect();
    let crowded = "tls_handshakes_total{outcome=\"crowded_out\"} 32";
    for _ in 0..500 {
        if server.server.metrics().get("/metrics").text.contains(crowded) {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.lives(server.config(None)).unwrap(), 200);
    flood[0].set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // Closed or reset, and not a time-out.
    let ended = flood[0].read(&mut [0]);
    assert!(
        ended.as_ref().map_or_else(|error| error.kind() == std::io::ErrorKind::ConnectionReset, |read| *read == 0),
        "{ended:?}"
    );
}

#[test]
fn who_goes_silent_in_the_handshake_is_let_go() {
    let server = Encrypted::start(&["--set", "tls.handshake_timeout=100ms"]);
    for beginning in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01"] {
        let mut stream = server.tcp();
        stream.write_all(beginning).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0, "{beginning:?}");
    }
    assert_eq!(server.lives(server.config(None)).unwrap(), 200);
}
