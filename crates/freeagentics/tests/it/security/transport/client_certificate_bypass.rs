//! Getting past a server that asks its clients who they are.

use axiomcore::tls::Own;
use testbed::Authority;

use crate::api::Encrypted;

fn own(authority: &Authority, server: &Encrypted, name: &str, until: i32) -> Own {
    let (certificate, key) = authority.sign_until(&["node-2"], until).write(server.installation.folder(), name);
    Own { certificate, key }
}

#[test]
fn only_a_certificate_of_the_right_authority_opens_and_nothing_else_does() {
    let ours = Authority::new("nodes");
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("nodes.pem");
    std::fs::write(&ca, ours.certificate()).unwrap();
    let server = Encrypted::start(&["--set", &format!("tls.client_ca={}", ca.display())]);
    let right = own(&ours, &server, "right", 2049);
    assert_eq!(server.lives(server.config(Some(&right))).unwrap(), 200);
    let wrong = own(&Authority::new("nodes"), &server, "wrong", 2049);
    let servers = own(&server.authority, &server, "servers", 2049);
    for (what, own) in [("none", None), ("another authority", Some(&wrong)), ("the server's authority", Some(&servers))]
    {
        assert!(server.lives(server.config(own)).is_err(), "{what}");
    }
    // A session that was opened with a certificate does not let in who has none.
    let without = server.config(None);
    for _ in 0..3 {
        assert!(server.lives(without.clone()).is_err());
    }
    assert_eq!(server.lives(server.config(Some(&right))).unwrap(), 200);
}
