//! Streams: pipes that close, live input, colours, complaints for programs.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use super::{freeagentics, program};

#[test]
fn a_reader_that_has_seen_enough_is_not_an_error() {
    let arguments = ["run", "watchdog", "--observations", "watchdog-hour", "--output", "json", "--explain", "full"];
    let mut child = program(&arguments).stdin(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

#[test]
fn a_live_stream_is_answered_line_by_line() {
    let mut child = program(&["run", "watchdog", "--output", "json"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for step in 1..=3 {
        stdin.write_all(b"{\"check\": 40}\n").unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&answer).unwrap()["step"], step);
    }
    drop(stdin);
    let mut rest = String::new();
    answers.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("\"summary\"") && child.wait().unwrap().success());
}

#[test]
fn a_pipe_gets_no_colours() {
    for arguments in [["explain", "tiger"].as_slice(), &["test", "tiger"], &["check", "nowhere"]] {
        let said = freeagentics(arguments);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{arguments:?}");
    }
}

#[test]
fn complaints_are_json_too_when_json_is_asked_for() {
    let cases: [(&[&str], &str, i32); 4] = [
        (&["frobnicate", "--output", "json"], "usage", 2),
        (&["check", "nowhere", "--output=json"], "unknown_model", 2),
        (&["check", "nowhere.yaml", "--output", "json"], "unreadable", 3),
        (&["run", "watchdog", "--output", "json", "--observations", "nowhere.jsonl"], "unreadable", 3),
    ];
    for (arguments, code, exit) in cases {
        let said = freeagentics(arguments);
        let error = said.error();
        assert_eq!((error["code"].as_str(), said.code), (Some(code), exit), "{arguments:?}");
        assert!(!error["mend"].as_str().unwrap().is_empty(), "{error}");
    }
}

#[test]
fn what_is_mistyped_gets_what_was_likely_meant() {
    let said = freeagentics(&["aduit"]);
    let mend = " mend: did you mean `audit`? `freeagentics --help` says what there is\n";
    assert!(said.code == 2 && said.err.starts_with("error: ") && said.err.ends_with(mend), "{}", said.err);
    let said = freeagentics(&["agents", "list", "--lable", "team=shop", "--output", "json"]);
    assert_eq!(said.error()["mend"], "did you mean `--label`? `freeagentics agents list --help` says what there is");
    assert!(!freeagentics(&["audit", "--help"]).err.contains("mend:"));
}

#[test]
fn help_names_the_exit_codes() {
    let said = freeagentics(&["--help"]);
    assert!(said.out.contains("  4  a line of observations is wrong"), "{}", said.out);
    assert_eq!(freeagentics(&["run"]).code, 2);
    let asked_twice = freeagentics(&["help", "--help"]);
    assert_eq!((asked_twice.out, asked_twice.code), (said.out, 0));
}

#[test]
fn the_short_name_is_the_same_program() {
    let short = std::process::Command::new(env!("CARGO_BIN_EXE_fa")).args(["models", "tiger"]).output().unwrap();
    assert_eq!(String::from_utf8(short.stdout).unwrap(), freeagentics(&["models", "tiger"]).out);
}
