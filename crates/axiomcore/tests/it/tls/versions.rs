//! What is spoken, and what is not spoken any more.

use axiomcore::tls::Version;
use rustls::version::TLS12;

use super::hello::{self, answer};
use super::{Protected, Talk};

const GOOD: &[[u8; 2]] = &[hello::ECDHE_ECDSA_AES_128_GCM];

#[test]
fn nothing_older_than_1_3_is_spoken_unless_it_is_named() {
    let server = Protected::start(|_| {});
    for version in [hello::TLS_1_0, hello::TLS_1_1, hello::TLS_1_2] {
        assert_eq!(answer(&server, version, GOOD, &[0]), "protocol_version", "{version:?}");
    }
    assert!(Talk::open(&server, server.client(Version::Tls13, None), "localhost").is_ok());
    assert_eq!(
        server.metric("tls_handshakes_total{outcome=\"refused\"} "),
        ["tls_handshakes_total{outcome=\"refused\"} 3"]
    );
}

#[test]
fn where_1_2_is_named_it_is_spoken_and_1_1_is_still_not() {
    let server = Protected::start(|config| config.minimum = Version::Tls12);
    assert_eq!(answer(&server, hello::TLS_1_2, GOOD, &[0]), "hello");
    assert_eq!(answer(&server, hello::TLS_1_1, GOOD, &[0]), "protocol_version");
    assert_eq!(answer(&server, hello::TLS_1_0, GOOD, &[0]), "protocol_version");
}

#[test]
fn suites_without_forward_secrecy_or_authentication_are_refused() {
    let server = Protected::start(|config| config.minimum = Version::Tls12);
    for suite in [
        hello::RSA_AES_128_CBC,
        hello::RSA_AES_128_GCM,
        hello::ECDHE_ECDSA_AES_128_CBC,
        hello::RSA_3DES,
        hello::RSA_RC4,
        hello::RSA_NULL,
        hello::DHE_RSA_AES_128_GCM,
    ] {
        assert_eq!(answer(&server, hello::TLS_1_2, &[suite], &[0]), "handshake_failure", "{suite:x?}");
    }
    // A weak one beside a good one is not taken.
    assert_eq!(answer(&server, hello::TLS_1_2, &[hello::RSA_RC4, GOOD[0]], &[0]), "hello");
}

#[test]
fn nothing_is_compressed_below_the_encryption() {
    let server = Protected::start(|config| config.minimum = Version::Tls12);
    assert_eq!(answer(&server, hello::TLS_1_2, GOOD, &[1]), "illegal_parameter");
}

#[test]
fn a_client_that_knows_only_another_protocol_than_http_1_1_is_told_in_the_handshake() {
    let server = Protected::start(|_| {});
    let mut client = server.client(Version::Tls13, None);
    client.alpn_protocols = vec![b"h2".to_vec()];
    let refused = Talk::open(&server, client.clone(), "localhost").err().unwrap().to_string();
    assert!(refused.contains("NoApplicationProtocol"), "{refused}");
    client.alpn_protocols.push(b"http/1.1".to_vec());
    assert!(Talk::open(&server, client, "localhost").unwrap().get("/hello").unwrap().ends_with("hello"));
}

#[test]
fn a_session_is_resumed_without_early_data() {
    let server = Protected::start(|config| config.minimum = Version::Tls12);
    for versions in [vec![&TLS12], vec![&rustls::version::TLS13]] {
        let builder = rustls::ClientConfig::builder_with_provider(axiomcore::tls::provider());
        let roots = axiomcore::tls::roots(Some(&server.ca())).unwrap();
        let mut store = rustls::RootCertStore::empty();
        store.add_parsable_certificates(roots);
        let builder = builder.with_protocol_versions(&versions).unwrap().with_root_certificates(store);
        let mut client = builder.with_no_client_auth();
        client.enable_early_data = true;
        Talk::open(&server, client.clone(), "localhost").unwrap().get("/hello").unwrap();
        let mut again = Talk::open(&server, client, "localhost").unwrap();
        assert!(again.get("/hello").is_ok());
        assert_eq!(again.0.conn.handshake_kind(), Some(rustls::HandshakeKind::Resumed), "{versions:?}");
        assert!(!again.0.conn.is_early_data_accepted(), "what comes early can be sent again by others");
    }
}
