//! The server behind TLS, as its operator and its users meet it.

use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;

use axiomcore::tls::provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use testbed::{Authority, Issued};

use super::{Said, file, finished, freeagentics, program};
use crate::api::{Encrypted, Installation, KEY, Server, refused};

/// Runs the program against that server.
fn asked(server: &str, arguments: &[&str]) -> Said {
    let mut command = program(arguments);
    command.env("FREEAGENTICS_URL", server).env("FREEAGENTICS_KEY", KEY);
    finished(command.stdin(Stdio::null()).output().unwrap())
}

#[test]
fn commands_reach_a_server_whose_authority_is_named_and_no_other() {
    let encrypted = Encrypted::start(&[]);
    let (url, ca) = (encrypted.url(), encrypted.ca().display().to_string());
    assert_eq!(encrypted.server.told["url"].as_str().unwrap(), format!("https://{}", encrypted.server.address()));
    let listed = asked(&url, &["models", "list", "--ca", &ca]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    let other = file("other-ca.pem", &Authority::new("ours").certificate());
    // The address is right, the certificate is for the name.
    let by_address = encrypted.url().replace("localhost", "127.0.0.1");
    let clear = Installation::sqlite().start();
    let in_the_clear = format!("https://{}", clear.address());
    for (server, arguments, mend) in [
        (&url, vec![], "with --ca FILE"),
        (&url, vec!["--ca", &other], "with --ca FILE"),
        (&by_address, vec!["--ca", &ca], "in --server as its certificate has it"),
        (&in_the_clear, vec!["--ca", &ca], "http:// instead of https://"),
    ] {
        assert_unprotected(&asked(server, &[&["agents", "list", "--output", "json"], &arguments[..]].concat()), mend);
    }
    let ready = finished(program(&["health", "--server", &url, "--ca", &ca]).stdin(Stdio::null()).output().unwrap());
    assert_eq!((ready.code, ready.out.trim()), (0, format!("{url} is ready").as_str()), "{}", ready.err);
    let gone = finished(program(&["health", "--server", "http://127.0.0.1:1"]).stdin(Stdio::null()).output().unwrap());
    assert_eq!(gone.code, 6, "{}", gone.err);
    let plain = asked(&url.replace("https", "http"), &["agents", "list"]);
    assert!(plain.code == 6 && plain.err.contains("write https:// instead of http://"), "{}", plain.err);
}

fn assert_unprotected(said: &Said, mend: &str) {
    assert_eq!((said.code, said.error()["code"].as_str()), (6, Some("unprotected")), "{}", said.err);
    assert!(said.error()["mend"].as_str().unwrap().contains(mend), "{}", said.err);
    assert!(!said.err.contains(KEY));
}

#[test]
fn what_is_wrong_with_a_certificate_has_a_mend_of_its_own() {
    let authority = Authority::new("ours");
    let ca = file("ours.pem", &authority.certificate());
    let arguments = ["agents", "list", "--output", "json", "--ca", &ca];
    let expired = shows(&authority.sign_until(&["localhost"], 2021));
    assert_unprotected(&asked(&expired, &arguments), "renew the certificate on the server");
    let of_an_authority = shows(&authority.itself());
    assert_unprotected(&asked(&of_an_authority, &arguments), "an authority's own");
}

/// The address of a server that shows this to the first who comes. Ours would not show what nobody believes.
fn shows(issued: &Issued) -> String {
    let chain = CertificateDer::pem_slice_iter(issued.certificate.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).unwrap();
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // It ends with the client's refusal.
        let _refused = ServerConnection::new(config).unwrap().complete_io(&mut stream);
    });
    format!("https://localhost:{port}")
}

#[test]
fn an_authority_that_cannot_be_read_is_refused_before_anything_is_sent() {
    let empty = file("no-ca.pem", "nothing");
    let arguments = ["agents", "list", "--output", "json", "--ca", &empty];
    let said = asked("https://localhost:1", &arguments);
    assert_eq!((said.code, said.error()["code"].as_str()), (2, Some("bad_ca")), "{}", said.err);
    let said = asked("http://127.0.0.1:1", &arguments);
    assert_eq!((said.code, said.error()["code"].as_str()), (2, Some("bad_server")), "{}", said.err);
}

#[test]
fn a_certificate_that_cannot_be_served_is_refused_at_the_start_with_the_mend() {
    let (installation, authority) = (Installation::sqlite(), Authority::new("ours"));
    authority.sign(&["localhost"]).write(installation.folder(), "server");
    std::fs::write(installation.folder().join("public.key"), authority.sign(&["localhost"]).key).unwrap();
    let start = |arguments: &[&str]| {
        let (code, error) = refused(installation.command(arguments));
        (code, error["code"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
    };
    let (code, name, message) = start(&["--tls-cert", "server.pem", "--tls-key", "public.key"]);
    assert_eq!((code, name.as_str()), (Some(1), "tls"));
    assert!(message.contains("chmod o-rwx public.key"), "{message}");
    let (code, name, message) = start(&["--tls-cert", "server.pem"]);
    assert_eq!((code, name.as_str()), (Some(2), "wrong_settings"));
    assert!(message.contains("tls.key") && message.contains("--tls-key"), "{message}");
    let pair = ["--tls-cert", "server.pem", "--tls-key", "server.key"];
    let (_, _, message) = start(&[&pair[..], &["--set", "tls.minimum=1.1"]].concat());
    assert!(message.contains("expected 1.2 or 1.3, not `1.1`"), "{message}");
    let (_, name, message) = start(&[&pair[..], &["--demo"]].concat());
    assert!(name == "tls" && message.contains("the demo talks to its server in the clear"), "{message}");
}

#[test]
fn a_signal_has_the_certificate_read_at_once() {
    let encrypted = Encrypted::start(&["--set", "tls.reload=1h"]);
    let before = encrypted.shown();
    encrypted.replace(&encrypted.authority.sign(&["localhost"]));
    encrypted.server.signal("HUP");
    for _ in 0..500 {
        if encrypted.shown() != before {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the old one is still served");
}

#[test]
fn doctor_looks_at_the_certificate_and_at_the_server_behind_it() {
    let encrypted = Encrypted::start(&[]);
    let address = encrypted.server.address();
    let folder = encrypted.installation.folder();
    let path = |name: &str| folder.join(name).display().to_string();
    let (data, certificate, key) = (path("data"), path("server.pem"), path("server.key"));
    let tls = ["--tls-cert", &certificate, "--tls-key", &key];
    let doctor = |tls: &[&str]| {
        let place = ["doctor", "--output", "json", "--data", &data, "--listen", address, "--metrics-listen", ""];
        freeagentics(&[&place[..], tls].concat()).json()[0]["findings"].as_array().unwrap().clone()
    };
    let findings = doctor(&tls);
    let found = |check: &str| findings.iter().find(|finding| finding["check"] == check).unwrap();
    assert_eq!(found("certificate")["state"], "good");
    assert!(found("certificate")["what"].as_str().unwrap().starts_with("that of localhost expires at 2049-01-01"));
    assert_eq!(found("ports")["state"], "good", "{}", found("ports"));
    encrypted.authority.sign_until(&["localhost"], 2021).write(folder, "server");
    let finding = doctor(&tls).into_iter().find(|finding| finding["check"] == "certificate").unwrap();
    assert!(finding["state"] == "wrong" && finding["what"].as_str().unwrap().contains("has expired"), "{finding}");
}

#[test]
fn beyond_this_machine_a_certificate_is_enough() {
    let installation = Installation::sqlite();
    Authority::new("ours").sign(&["localhost"]).write(installation.folder(), "server");
    let beyond = ["--listen", "0.0.0.0:0", "--metrics-listen", "0.0.0.0:0"];
    let (code, error) = refused(installation.command(&beyond));
    let message = error["message"].as_str().unwrap();
    assert_eq!(code, Some(2));
    assert!(message.contains("--tls-cert and --tls-key") && message.contains("http.behind_proxy"), "{message}");
    let tls = ["--tls-cert", "server.pem", "--tls-key", "server.key"];
    let server = Server::of(installation.command(&[&beyond[..], &tls].concat()));
    assert!(server.told["url"].as_str().unwrap().starts_with("https://0.0.0.0:"));
}
