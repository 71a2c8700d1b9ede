//! Which certificates are served at all.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use axiomcore::clock::{Clock, SystemClock, Timestamp};
use axiomcore::tls::Certificate;
use testbed::Authority;

fn read(chain: &Path, key: &Path) -> Result<Certificate, String> {
    Certificate::from_files(chain, key, SystemClock.now()).map_err(|error| error.to_string())
}

#[test]
fn a_certificate_says_until_when_it_is_valid_and_for_whom_and_never_shows_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let issued = Authority::new("ours").sign(&["api.example.org", "127.0.0.1", "::1"]);
    let (chain, key) = issued.write(folder.path(), "server");
    let certificate = read(&chain, &key).unwrap();
    assert_eq!(certificate.names(), ["api.example.org", "127.0.0.1", "::1"]);
    assert_eq!(certificate.starts().to_string(), "2020-01-01T00:00:00.000Z");
    assert_eq!(certificate.expires().to_string(), "2049-01-01T00:00:00.000Z");
    let shown = format!("{certificate:?}");
    assert_eq!(shown, "Certificate(api.example.org 127.0.0.1 ::1, until 2049-01-01T00:00:00.000Z)");
}

#[test]
fn what_cannot_be_served_is_refused_with_the_file_and_the_mend() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let authority = Authority::new("ours");
    let (chain, key) = authority.sign(&["localhost"]).write(path, "server");
    let (other, _) = authority.sign(&["localhost"]).write(path, "other");
    let (old, old_key) = authority.sign_until(&["localhost"], 2021).write(path, "old");
    let text = path.join("text");
    fs::write(&text, "no PEM at all").unwrap();
    fs::set_permissions(&text, fs::Permissions::from_mode(0o600)).unwrap();
    let missing = path.join("missing");
    for (chain, key, expected) in [
        (&missing, &key, "missing: No such file"),
        (&chain, &missing, "missing: No such file"),
        (&text, &key, "text holds no certificate: expected PEM that begins with -----BEGIN CERTIFICATE-----"),
        (&chain, &text, "text holds no key: expected PEM that begins with -----BEGIN PRIVATE KEY-----, without"),
        (&other, &key, "server.key does not belong to the first certificate in"),
        (&old, &old_key, "old.pem has expired, at 2021-01-01T00:00:00.000Z: renew it"),
    ] {
        let error = read(chain, key).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    let early = Certificate::from_files(&chain, &key, Timestamp(0)).unwrap_err().to_string();
    assert!(early.contains("not valid before 2020-01-01") && early.contains("clock"), "{early}");
}

#[test]
fn a_key_that_everybody_can_read_is_refused_with_the_command_that_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = Authority::new("ours").sign(&["localhost"]).write(folder.path(), "server");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let error = read(&chain, &key).unwrap_err();
    assert!(error.contains("can be read by everybody") && error.contains("chmod o-rwx"), "{error}");
}
