//! `freeagentics config`.

use serde_json::Value;

use super::{file, freeagentics, program, secret};

/// The values in force, by key.
fn effective(arguments: &[&str]) -> Vec<(String, Value, String)> {
    let said = freeagentics(&[&["config", "--effective", "--output", "json"], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let settings = said.json()[0]["settings"].as_array().unwrap().clone();
    settings.iter().map(|one| (text(&one["key"]), one["value"].clone(), text(&one["origin"]))).collect()
}

fn of(settings: &[(String, Value, String)], key: &str) -> (Value, String) {
    let found = settings.iter().find(|(name, ..)| name == key).unwrap_or_else(|| panic!("no {key}"));
    (found.1.clone(), found.2.clone())
}

#[test]
fn the_printed_file_is_a_configuration_that_changes_nothing() {
    let printed = file("printed.toml", &freeagentics(&["config"]).out);
    assert_eq!(effective(&["--config", &printed]), effective(&[]));
}

#[test]
fn the_printed_file_explains_every_setting_that_is_in_force() {
    let printed = freeagentics(&["config"]).out;
    for (key, ..) in effective(&[]) {
        let name = key.rsplit('.').next().unwrap();
        assert!(printed.contains(&format!("\n#{name} = ")) || printed.contains(&format!("\n#{name}_file = ")), "{key}");
    }
    let listed = freeagentics(&["config", "--output", "json"]).json();
    let about = |entry: &Value| entry["about"].as_str().is_some_and(|about| about.len() > 10);
    assert!(listed[0]["settings"].as_array().unwrap().iter().all(about));
}

#[test]
fn each_value_is_told_with_where_it_comes_from() {
    let config = file("some.toml", "[http]\nbody_limit = \"2MiB\"\nlisten = \"127.0.0.1:1\"\n");
    let settings = effective(&["--config", &config, "--listen", "127.0.0.1:9", "--set", "http.header_count=7"]);
    assert_eq!(of(&settings, "http.body_limit"), ("2MiB".into(), "file some.toml".into()));
    assert_eq!(of(&settings, "http.listen"), ("127.0.0.1:9".into(), "flag --listen".into()));
    assert_eq!(of(&settings, "http.header_count"), (7.into(), "flag --set http.header_count".into()));
    assert_eq!(of(&settings, "http.compression"), (true.into(), "default".into()));
    let key = secret("sealing-key", &"0f".repeat(32));
    let production = effective(&["--profile", "production", "--set", &format!("sealing.key_file={key}")]);
    assert_eq!(of(&production, "http.stop_delay"), ("5s".into(), "profile production".into()));
}

#[test]
fn production_does_not_seal_with_a_key_from_the_data_folder() {
    let said = freeagentics(&["config", "--effective", "--profile", "production"]);
    assert_ne!(said.code, 0);
    assert!(said.err.contains("sealing.key") && said.err.contains("openssl rand -hex 32"), "{}", said.err);
}

#[test]
fn a_secret_is_never_printed() {
    let url = secret("database-url", "postgres://fa:hunter2hunter2@127.0.0.1/fa?sslmode=disable\n");
    let config = file("secret.toml", &format!("[database]\nurl_file = \"{url}\"\n"));
    for output in ["text", "json"] {
        let said = freeagentics(&["config", "--effective", "--config", &config, "--output", output]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("***") && !said.out.contains("hunter2"), "{}", said.out);
        assert!(said.out.contains("secret from file"), "{}", said.out);
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let config = file("wrong.toml", "[http]\nlisen = \"x\"\nbody_limit = \"much\"\n");
    let output = program(&["config", "--effective", "--config", &config]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("http.lisen") && told.contains("http.body_limit"), "{told}");
}
