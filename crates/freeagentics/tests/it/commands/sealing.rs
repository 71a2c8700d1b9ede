//! `freeagentics sealing` and `audit rotate-key`, on what a real server has left.

use std::path::Path;

use serde_json::{Value, json};

use super::{Said, freeagentics, program};
use crate::api::{Installation, Server};
use crate::lamp::LAMP;

const OLD: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";
const NEW: &str = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";

/// A server whose sealing keys are these, the first one first.
fn start(installation: &Installation, keys: &[&str]) -> Server {
    let key = installation.secret("sealing", keys[0]);
    let mut command = installation.command(&[]);
    command.env("FREEAGENTICS__SEALING__KEY_FILE", key);
    command.env("FREEAGENTICS__SEALING__PREVIOUS_KEYS", keys[1..].join(" "));
    Server::of(command)
}

/// A command on its data with these sealing keys.
fn sealing(data: &Path, verb: &str, keys: &[&str]) -> (i32, Value) {
    let mut command = program(&["sealing", verb, "--output", "json", "--data", data.to_str().unwrap()]);
    command.env("FREEAGENTICS__SEALING__KEY", keys[0]);
    command.env("FREEAGENTICS__SEALING__PREVIOUS_KEYS", keys[1..].join(" "));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (output.status.code().unwrap(), told)
}

fn sum(told: &Value, member: &str) -> u64 {
    told["sealed"].as_array().unwrap().iter().map(|one| one[member].as_u64().unwrap()).sum()
}

#[test]
fn everything_is_sealed_anew_and_the_old_key_is_needed_no_more() {
    let installation = Installation::sqlite();
    drop(start(&installation, &[OLD]));
    let data = installation.folder().join("data");
    let (code, told) = sealing(&data, "status", &[OLD]);
    let all = sum(&told, "current");
    assert!(code == 0 && all >= 1 && sum(&told, "outdated") == 0, "{told}");
    let (code, told) = sealing(&data, "status", &[NEW]);
    assert_eq!((code, sum(&told, "unreadable")), (1, all), "who gives the wrong key is told so");
    assert_eq!(sealing(&data, "rotate", &[NEW]).0, 1, "and nothing is lost");
    let running = start(&installation, &[NEW, OLD]);
    let (code, told) = sealing(&data, "rotate", &[NEW, OLD]);
    assert_eq!((code, sum(&told, "sealed_anew"), sum(&told, "current")), (0, all, all), "{told}");
    assert_eq!(sum(&sealing(&data, "rotate", &[NEW, OLD]).1, "sealed_anew"), 0, "once is enough");
    // It goes on: what is sealed by now is read anew.
    running.stop();
    let again = start(&installation, &[NEW]);
    assert_eq!(again.stop().0, Some(0));
    let (code, told) = sealing(&data, "status", &[OLD]);
    assert_eq!((code, sum(&told, "unreadable")), (1, all), "the old key opens nothing");
    assert!(!told.to_string().contains("a1a1"), "{told}");
}

#[test]
fn the_records_key_is_handed_over_while_the_server_runs_and_verification_follows() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "audit.checkpoint_interval=1s"]);
    let data = installation.folder().join("data");
    let data = data.to_str().unwrap();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    std::thread::sleep(std::time::Duration::from_millis(2_500));
    let old = freeagentics(&["audit", "key", "--data", data]).out.trim().to_owned();
    let Said { code, out, err } = freeagentics(&["audit", "rotate-key", "--data", data]);
    assert_eq!(code, 0, "{err}");
    let new = out.trim().to_owned();
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    assert_eq!(server.stop().0, Some(0));
    assert_ne!(old, new);
    assert_eq!(freeagentics(&["audit", "key", "--data", data]).out.trim(), new);
    for key in [&old, &new] {
        let said = freeagentics(&["audit", "verify", "--data", data, "--public-key", key]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }
    let other = freeagentics(&["audit", "verify", "--data", data, "--public-key", &"ab".repeat(32)]);
    assert!(other.code == 1 && other.out.contains("wrong key"), "{}", other.out);
    let again = installation.start();
    let told = again.client().get("/api/v1/audit?action=audit.rotate").expect(200);
    assert_eq!(told["items"][0]["detail"]["public_key"], json!(new));
}
