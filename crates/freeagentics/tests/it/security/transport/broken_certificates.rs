//! A certificate that is replaced by one that must not be served.

use std::fs;

use testbed::{Authority, Issued};

use crate::api::Encrypted;

/// Waits until the metrics say that what is in the files is refused, or is not any more.
fn until_refused(server: &Encrypted, is: bool) {
    let line = format!("tls_certificate_refused {}", if is { "1.0" } else { "0.0" });
    for _ in 0..500 {
        if server.server.metrics().get("/metrics").text.contains(&line) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{line}: not within ten seconds");
}

#[test]
fn what_must_not_be_served_leaves_the_certificate_of_before() {
    let server = Encrypted::start(&[]);
    let (first, folder) = (server.shown(), server.installation.folder().to_owned());
    let key_of_another = || {
        let (new, other) = (server.authority.sign(&["localhost"]), server.authority.sign(&["localhost"]));
        server.replace(&Issued { key: other.key, ..new });
    };
    let steps: [(&str, &dyn Fn()); 4] = [
        ("expired", &|| server.replace(&server.authority.sign_until(&["localhost"], 2021))),
        ("the key of another", &key_of_another),
        ("half written", &|| fs::write(folder.join("server.pem"), "-----BEGIN CERT").unwrap()),
        ("gone", &|| fs::remove_file(folder.join("server.key")).unwrap()),
    ];
    for (what, step) in steps {
        step();
        until_refused(&server, true);
        assert_eq!(server.shown(), first, "{what}");
        assert_eq!(server.lives(server.config(None)).unwrap(), 200, "{what}");
    }
    server.replace(&server.authority.sign(&["localhost"]));
    until_refused(&server, false);
    assert_ne!(server.shown(), first, "a good one is served again");
}

#[test]
fn a_key_that_everybody_can_read_is_not_taken_while_the_server_runs_either() {
    use std::os::unix::fs::PermissionsExt;
    let server = Encrypted::start(&[]);
    let (first, key) = (server.shown(), server.installation.folder().join("server.key"));
    fs::remove_file(&key).unwrap();
    let issued = Authority::new("ours").sign(&["localhost"]);
    fs::write(&key, &issued.key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(server.installation.folder().join("server.pem"), &issued.certificate).unwrap();
    until_refused(&server, true);
    assert_eq!(server.shown(), first);
}
