//! Clients that have to show who they are.

use axiomcore::tls::{Own, Version};
use testbed::Authority;

use super::{Protected, Talk};

fn own(authority: &Authority, server: &Protected, name: &str, until: i32) -> Own {
    let (certificate, key) = authority.sign_until(&["node-2"], until).write(server.folder.path(), name);
    Own { certificate, key }
}

/// Whether a client is let in; TLS 1.3 tells it only with the first answer.
fn is_let_in(server: &Protected, version: Version, own: Option<&Own>) -> bool {
    let talk = Talk::open(server, server.client(version, own), "localhost");
    talk.and_then(|mut talk| talk.get("/hello")).is_ok_and(|answer| answer.ends_with("hello"))
}

#[test]
fn only_a_client_with_a_certificate_of_the_right_authority_is_let_in() {
    let ours = Authority::new("nodes");
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("nodes.pem");
    std::fs::write(&ca, ours.certificate()).unwrap();
    let server = Protected::start(|config| (config.client_ca, config.minimum) = (Some(ca), Version::Tls12));
    let right = own(&ours, &server, "right", 2049);
    let wrong = own(&Authority::new("nodes"), &server, "wrong", 2049);
    // The authority of the server is not one of clients.
    let servers = own(&server.authority, &server, "servers", 2049);
    for version in [Version::Tls12, Version::Tls13] {
        assert!(is_let_in(&server, version, Some(&right)), "{version:?}");
        assert!(!is_let_in(&server, version, None), "{version:?}: without a certificate");
        assert!(!is_let_in(&server, version, Some(&wrong)), "{version:?}: of another authority with the same name");
        assert!(!is_let_in(&server, version, Some(&servers)), "{version:?}: of the server's authority");
    }
    assert_eq!(
        server.metric("http_requests_total{"),
        ["http_requests_total{method=\"GET\",route=\"/hello\",status=\"200\"} 2"]
    );
}

#[test]
fn a_client_that_lost_its_certificate_does_not_get_in_on_an_earlier_session() {
    let ours = Authority::new("nodes");
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("nodes.pem");
    std::fs::write(&ca, ours.certificate()).unwrap();
    let server = Protected::start(|config| config.client_ca = Some(ca));
    let right = own(&ours, &server, "right", 2049);
    assert!(is_let_in(&server, Version::Tls13, Some(&right)));
    let client = server.client(Version::Tls13, None);
    for _ in 0..2 {
        let talk = Talk::open(&server, client.clone(), "localhost");
        assert!(talk.and_then(|mut talk| talk.get("/hello")).is_err());
    }
}
