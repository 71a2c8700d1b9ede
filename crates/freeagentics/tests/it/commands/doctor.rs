//! `freeagentics doctor`: real folders, real files, real ports, real databases.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;
use testbed::Postgres;

use super::{freeagentics, secret};
use crate::api::Installation;

/// What it found, and its exit code.
struct Found {
    code: i32,
    findings: Vec<Value>,
}

impl Found {
    /// The findings of one check that are in this state, in words.
    fn states(&self, check: &str, state: &str) -> Vec<String> {
        let of = |finding: &&Value| finding["check"] == check && finding["state"] == state;
        let told = |finding: &Value| format!("{} | {}", finding["what"].as_str().unwrap(), finding["mend"]);
        self.findings.iter().filter(of).map(told).collect()
    }

    /// The one thing that is wrong with what a check looks at.
    #[track_caller]
    fn wrong(&self, check: &str) -> String {
        let wrong = self.states(check, "wrong");
        assert_eq!(wrong.len(), 1, "{check}: {:?}", self.findings);
        assert_eq!(self.code, 1, "something wrong is no success");
        wrong[0].clone()
    }
}

/// Looks at a data folder, on ports that nobody uses.
fn doctor(data: &str, arguments: &[&str]) -> Found {
    let quiet = ["doctor", "--data", data, "--listen", "127.0.0.1:0", "--metrics-listen", "", "--output", "json"];
    let said = freeagentics(&[&quiet, arguments].concat());
    let told = said.json();
    assert_eq!(told[0]["ok"], said.code == 0);
    Found { code: said.code, findings: told[0]["findings"].as_array().unwrap().clone() }
}

/// A folder of this test's own, closed to others.
fn folder(name: &str) -> (PathBuf, String) {
    let path = super::folder().join(format!("doctor-{name}"));
    let _new = fs::remove_dir_all(&path);
    fs::create_dir(&path).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    let text = path.to_str().unwrap().to_owned();
    (path, text)
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let (path, name) = folder("missing");
    fs::remove_dir(&path).unwrap();
    assert!(doctor(&name, &[]).wrong("data_folder").contains("there is no folder"));
    assert!(!path.exists(), "looking makes nothing");
}

#[test]
fn a_folder_that_others_may_open_is_told_with_the_command_that_closes_it() {
    let (path, name) = folder("open");
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    assert!(doctor(&name, &[]).wrong("data_folder").contains(&format!("chmod 700 {name}")));
}

#[test]
fn an_empty_folder_has_no_database_and_gets_none_by_looking() {
    let (path, name) = folder("empty");
    assert!(doctor(&name, &[]).wrong("database").contains("there is no database"));
    assert_eq!(fs::read_dir(path).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_no_database_is_told_from_a_damaged_one() {
    let (path, name) = folder("garbage");
    fs::write(path.join("freeagentics.db"), vec![7; 8192]).unwrap();
    assert!(doctor(&name, &[]).wrong("database").contains("not a database"));
}

#[test]
fn all_wrong_settings_are_findings() {
    let (_, name) = folder("settings");
    let found = doctor(&name, &["--set", "http.max_in_flight=many", "--set", "http.lisen=x"]);
    assert_eq!((found.states("settings", "wrong").len(), found.code), (2, 1));
}

#[test]
fn a_port_that_another_program_has_is_found() {
    let (_, name) = folder("ports");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let quiet = ["doctor", "--data", &name, "--metrics-listen", "", "--listen", &address, "--output", "json"];
    let said = freeagentics(&quiet);
    let found = Found { code: said.code, findings: said.json()[0]["findings"].as_array().unwrap().clone() };
    assert!(found.wrong("ports").contains(&format!("{address} is taken")));
}

#[test]
fn a_key_file_that_everybody_can_read_is_found_and_a_closed_one_is_well() {
    let (_, name) = folder("keys");
    let closed = secret("closed.key", "fa_1_something");
    let public = secret("open.key", "fa_1_something");
    fs::set_permissions(super::folder().join(&public), Permissions::from_mode(0o644)).unwrap();
    let found = doctor(&name, &["--key-file", &closed, "--key-file", &public]);
    assert!(found.wrong("key_files").contains("chmod 600 open.key"));
    assert_eq!(found.states("key_files", "good").len(), 1);
}

#[test]
fn a_postgresql_server_that_is_not_there_is_told_without_its_password() {
    let (_, name) = folder("no-postgres");
    let port = testbed::free_port();
    let url = secret("gone-url", &format!("postgres://fa:hunter2hunter2@127.0.0.1:{port}/fa?sslmode=disable"));
    let found = doctor(&name, &["--set", &format!("database.url_file={url}")]);
    let wrong = found.wrong("database");
    assert!(wrong.contains("not available") && wrong.contains("check that the server runs"), "{wrong}");
    assert!(!format!("{:?}", found.findings).contains("hunter2"));
}

#[test]
fn a_postgresql_server_that_would_lose_work_is_told_by_the_setting_that_makes_it() {
    let (_, name) = folder("unsafe-postgres");
    let server = Postgres::start_with(&["fsync=off"]);
    let url = secret("unsafe-url", &server.url());
    let wrong = doctor(&name, &["--set", &format!("database.url_file={url}")]).wrong("database");
    assert!(wrong.contains("fsync = off") && wrong.contains("lose acknowledged work"), "{wrong}");
}

#[test]
fn where_a_server_runs_all_is_well_and_where_it_listens_is_its_own() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let (data, address) = (installation.folder().join("data").display().to_string(), server.address().to_owned());
    let quiet = ["doctor", "--data", &data, "--metrics-listen", "", "--listen", &address, "--output", "json"];
    let said = freeagentics(&quiet);
    assert_eq!(said.code, 0, "{}", said.out);
    let found = Found { code: said.code, findings: said.json()[0]["findings"].as_array().unwrap().clone() };
    assert!(found.states("lock", "good")[0].contains("a server uses the folder: process "));
    assert!(found.states("ports", "good")[0].contains(&format!("the server answers on {address}")));
    assert_eq!(found.states("schema", "good").len(), 5);
}

#[test]
fn a_page_of_the_database_that_was_changed_is_found() {
    let installation = Installation::sqlite();
    installation.start().stop();
    let data = installation.folder().join("data");
    let clean = doctor(data.to_str().unwrap(), &[]);
    assert_eq!((clean.code, clean.states("lock", "good").len()), (0, 1), "{:?}", clean.findings);
    let file = data.join("freeagentics.db");
    let mut bytes = fs::read(&file).unwrap();
    // One page of the tables, overwritten.
    bytes[4096..8192].fill(0x5A);
    fs::write(&file, bytes).unwrap();
    let wrong = doctor(data.to_str().unwrap(), &[]).wrong("database");
    assert!(wrong.contains("damaged") || wrong.contains("malformed"), "{wrong}");
    assert!(wrong.contains("restore a backup"), "{wrong}");
}
