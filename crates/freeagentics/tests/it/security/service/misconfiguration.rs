//! Settings that would leave a door open.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::api::{Installation, KEY, Server, refused};

/// What production asks for.
fn production(installation: &Installation) -> Vec<String> {
    let sealing = installation.secret("sealing", &"0f".repeat(32)).display().to_string();
    ["--set", "profile=production", "--set", &format!("sealing.key_file={sealing}")].map(str::to_owned).into()
}

/// Why the server does not start; it must not.
#[track_caller]
fn refusal(installation: &Installation, arguments: &[String]) -> String {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (code, error) = refused(installation.command(&arguments));
    assert!([Some(1), Some(2)].contains(&code), "{arguments:?}: {error}");
    error["message"].as_str().unwrap().to_owned()
}

fn with(settings: &[String], more: &[&str]) -> Vec<String> {
    settings.iter().cloned().chain(more.iter().map(|text| (*text).to_owned())).collect()
}

#[test]
fn production_starts_with_safe_settings_and_names_each_that_is_not() {
    let installation = Installation::sqlite();
    let safe = production(&installation);
    let server = Server::of(installation.command(&safe.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(server.stranger().get("/health/ready").status, 200, "honest use");
    drop(server);
    let plain = ["--set".to_owned(), "profile=production".to_owned()];
    assert!(refusal(&installation, &plain).contains("sealing.key"), "no key from elsewhere");
    for (setting, named) in [
        ("http.listen=0.0.0.0:0", "http.listen"),
        ("http.listen=[::]:0", "http.listen"),
        ("http.metrics_listen=0.0.0.0:0", "http.metrics_listen"),
        ("http.cors_origins=[\"*\"]", "http.cors_origins"),
        ("http.cors_origins=[\"null\"]", "http.cors_origins"),
        ("http.cors_origins=[\"http://console.example.org\"]", "http.cors_origins"),
        ("database.url=\"postgres://a:b@db.example.org/x?sslmode=disable\"", "database.url"),
        ("identity.password_length=4", "identity.password_length"),
        ("identity.bcrypt_cost=4", "identity.bcrypt_cost"),
        ("identity.password_memory=\"64KiB\"", "identity.password_memory"),
        ("sealing.key_command=[\"true\"]", "sealing.key"),
        ("http.no_such_key=1", "http.no_such_key"),
    ] {
        let told = refusal(&installation, &with(&safe, &["--set", setting]));
        assert!(told.contains(named), "{setting}: {told}");
    }
}

#[test]
fn no_default_lets_anybody_in() {
    let installation = Installation::sqlite();
    let server = Server::of(installation.command(&[]));
    assert!(server.address().starts_with("127.0.0.1:"), "{}", server.address());
    let key = server.told["administrator_key"].as_str().unwrap().to_owned();
    for guess in ["admin", "password", "fa_1_admin_admin", KEY, "", "null", "undefined", &key[..key.len() - 1]] {
        server.client_with(guess).get("/api/v1/whoami").problem(401, "unauthenticated");
    }
    let elsewhere = Installation::sqlite();
    let other = Server::of(elsewhere.command(&[]));
    assert_ne!(other.told["administrator_key"], Value::from(key), "no two installations have the same key");
}

#[test]
fn what_only_the_owner_may_read_is_refused_when_others_can() {
    let installation = Installation::sqlite();
    drop(installation.start());
    let data = installation.folder().join("data");
    for file in ["freeagentics.db", "sealing.key", "audit-anchor.jsonl"] {
        let mode = fs::metadata(data.join(file)).unwrap().permissions().mode();
        let folder = fs::metadata(&data).unwrap().permissions().mode();
        assert!(mode & 0o077 == 0 || folder & 0o077 == 0, "{file} is open to others: {mode:o} in {folder:o}");
    }
    fs::set_permissions(data.join("sealing.key"), Permissions::from_mode(0o644)).unwrap();
    assert!(refusal(&installation, &[]).contains("chmod o-rwx"));
    fs::set_permissions(data.join("sealing.key"), Permissions::from_mode(0o600)).unwrap();
    let token = installation.secret("token", KEY);
    fs::set_permissions(&token, Permissions::from_mode(0o604)).unwrap();
    let arguments = ["--bootstrap-token-file".to_owned(), token.display().to_string()];
    assert!(refusal(&installation, &arguments).contains("chmod o-rwx"));
    for weak in ["short", &"ab".repeat(40), "0123456789"] {
        let token = installation.secret("token", weak).display().to_string();
        let told = refusal(&installation, &["--bootstrap-token-file".to_owned(), token]);
        assert!(told.contains("guessed") && !told.contains(weak), "{told}");
    }
}
