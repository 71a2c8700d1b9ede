//! Names in the handshake that are not the server's.

use crate::api::{Encrypted, status};

#[test]
fn every_name_gets_the_one_certificate_and_only_who_wants_that_goes_on() {
    let server = Encrypted::start(&[]);
    let ours = server.shown();
    for name in ["127.0.0.1", "other.example", "admin.localhost", "localhost.", &format!("{}.example", "a".repeat(63))]
    {
        let connected = server.connect(server.config(None), name);
        match connected {
            Err(error) => assert!(error.to_string().contains("certificate"), "{name}: {error}"),
            Ok(mut stream) => {
                assert_eq!(name, "localhost.");
                assert_eq!(status(&mut stream).unwrap(), 200);
            }
        }
    }
    let mut nameless = server.config(None);
    nameless.enable_sni = false;
    let mut stream = server.connect(nameless, "localhost").unwrap();
    assert_eq!(stream.conn.peer_certificates().unwrap()[0].to_vec(), ours);
    assert_eq!(status(&mut stream).unwrap(), 200);
}
