//! A certificate is replaced while it is served.

use std::fs;

use axiomcore::tls::Version;
use testbed::Issued;

use super::{Protected, Talk, until};

impl Protected {
    fn shown(&self) -> Vec<u8> {
        Talk::open(self, self.client(Version::Tls13, None), "localhost").unwrap().shown()
    }

    fn replace(&self, issued: &Issued) {
        issued.write(self.folder.path(), "server");
    }

    fn until_refused(&self, is: bool) {
        let line = format!("tls_certificate_refused {}", if is { "1.0" } else { "0.0" });
        until(&line, || self.metric("tls_certificate_refused") == [line.clone()]);
    }
}

#[test]
fn a_renewed_certificate_is_served_and_who_is_connected_stays_connected() {
    let server = Protected::start(|_| {});
    let mut before = Talk::open(&server, server.client(Version::Tls13, None), "localhost").unwrap();
    before.get("/hello").unwrap();
    assert_eq!(server.metric("tls_certificate_expires_seconds"), ["tls_certificate_expires_seconds 2493072000.0"]);
    server.replace(&server.authority.sign_until(&["localhost"], 2048));
    until("the new one is served", || server.shown() != before.shown());
    assert!(before.get("/hello").unwrap().ends_with("hello"));
    assert_eq!(server.metric("tls_certificate_expires_seconds"), ["tls_certificate_expires_seconds 2461449600.0"]);
    assert_eq!(server.metric("tls_certificate_reloads_total"), ["tls_certificate_reloads_total{outcome=\"served\"} 1"]);
}

#[test]
fn what_cannot_be_served_leaves_the_certificate_of_before_until_it_is_mended() {
    let server = Protected::start(|_| {});
    let first = server.shown();
    let key = server.config.key.clone().unwrap();
    let breaks: [(&str, &dyn Fn()); 4] = [
        ("expired", &|| server.replace(&server.authority.sign_until(&["localhost"], 2021))),
        ("half written", &|| fs::write(server.config.certificate.as_ref().unwrap(), "-----BEGIN CERT").unwrap()),
        ("the key of another", &|| {
            let (new, other) = (server.authority.sign(&["localhost"]), server.authority.sign(&["localhost"]));
            server.replace(&Issued { key: other.key, ..new });
        }),
        ("gone", &|| fs::remove_file(&key).unwrap()),
    ];
    for (what, broken) in breaks {
        broken();
        server.until_refused(true);
        assert_eq!(server.shown(), first, "{what}");
        assert!(server.get("/hello").is_ok(), "{what}");
    }
    server.replace(&server.authority.sign(&["localhost"]));
    server.until_refused(false);
    assert_ne!(server.shown(), first);
}
