//! Recordings are made by a program that is here, and are what it makes.

use super::root;
use serde_json::Value;
use std::process::Command;

#[test]
fn the_recorded_hour_is_byte_for_byte_what_its_header_says_it_is_made_by() {
    let recorded = std::fs::read_to_string(root().join("models/watchdog-hour.jsonl")).unwrap();
    let header: Value = serde_json::from_str(recorded.lines().next().unwrap()).unwrap();
    let command = header["recording"]["made_by"].as_str().expect("the header names a command");
    let arguments = command.strip_prefix("cargo run ").expect("an example of this workspace makes it");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked"])
        .args(arguments.split(' '))
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = String::from_utf8(output.stdout).unwrap();
    let differing = recorded.lines().zip(made.lines()).position(|(recorded, made)| recorded != made);
    assert_eq!(differing, None, "the first line that differs; run `{command}` and commit what it writes");
    assert_eq!(recorded.len(), made.len());
}

#[test]
fn the_recorded_hour_holds_an_hour_and_every_kind_of_fault() {
    let recorded = std::fs::read_to_string(root().join("models/watchdog-hour.jsonl")).unwrap();
    let lines: Vec<Value> = recorded.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 720);
    for truth in ["healthy", "blip", "overloaded", "hung", "broken"] {
        assert!(lines.iter().any(|line| line["truth"]["service"] == truth), "{truth} is missing");
    }
}
