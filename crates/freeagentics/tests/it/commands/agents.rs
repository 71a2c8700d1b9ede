//! `freeagentics agents` and `freeagentics steps` with a real server; and what is decided before one is asked.

use std::io::{BufRead, BufReader};

use super::client::{Scripted, answer};
use super::{asked, file, freeagentics, program};
use crate::api::{Installation, KEY, Server};

#[test]
fn a_label_is_a_name_and_a_value() {
    let said = freeagentics(&["agents", "list", "--label", "team"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("expected name=value"), "{}", said.err);
}

#[test]
fn watching_needs_an_agent_or_a_label() {
    assert_eq!(freeagentics(&["agents", "watch"]).code, 2);
    assert_eq!(freeagentics(&["agents", "watch", "a", "--label", "team=a"]).code, 2);
}

#[test]
fn a_stream_that_breaks_off_is_resumed_after_the_last_event() {
    let event = |seq: u64| {
        format!(
            "id: {seq}\nevent: step\ndata: {{\"agent\":\"a\",\"step\":{seq},\"recorded_at\":\"2026-01-02T03:04:05.000Z\",\
             \"action\":{{\"go\":\"left\"}},\"beliefs\":{{\"place\":{{\"here\":0.75,\"there\":0.25}}}}}}\n\n"
        )
    };
    let streams = [event(41) + ": alive\n\n", event(42)].map(|events| answer("200 OK", "", &events));
    let streams: Vec<&str> = streams.iter().map(String::as_str).collect();
    let (said, asked) = Scripted::answering(&streams).asked_by(&["agents", "watch", "a", "--limit", "2"]);
    let lines =
        "03:04:05  a  step 41  →  left  here 75 %, there 25 %\n03:04:05  a  step 42  →  left  here 75 %, there 25 %\n";
    assert_eq!((said.code, said.out.as_str()), (0, lines), "{}", said.err);
    assert!(!asked[0].contains("last-event-id") && asked[1].contains("last-event-id: 41\r\n"), "{asked:?}");
    assert!(said.err.contains("connecting again"));
}

#[test]
fn a_model_that_is_built_in_and_not_on_the_server_is_one_command_away() {
    let body = r#"{"status":404,"code":"model_not_found","detail":"there is no model `pump`"}"#;
    let refused = answer("404 Not Found", "", body);
    let (said, _) = Scripted::answering(&[&refused]).asked_by(&["agents", "create", "--model", "pump"]);
    assert!(said.err.contains("freeagentics models push pump"), "{}", said.err);
}

/// A server with an agent `w` of the watchdog.
fn watched() -> (Installation, Server) {
    let installation = Installation::sqlite();
    let server = installation.start();
    assert_eq!(asked(&server, &["models", "push", "watchdog"]).out, "watchdog@1 is stored\n");
    let said = asked(&server, &["agents", "create", "w", "--model", "watchdog", "--label", "team=a", "--seed", "7"]);
    assert_eq!((said.out.as_str(), said.code), ("w is there, of watchdog@1\n", 0), "{}", said.err);
    (installation, server)
}

#[test]
fn an_agent_is_created_stepped_explained_and_believes_the_same_after_the_server_was_killed() {
    let (installation, server) = watched();
    for check in ["check=38", "check=5000"] {
        assert_eq!(asked(&server, &["steps", "w", "--observe", check]).code, 0);
    }
    let before = asked(&server, &["agents", "get", "w"]).out;
    assert!(before.contains("labels   team=a") && before.contains("steps    2 (episode 1, revision 3)"), "{before}");
    assert!(before.contains("last     probe") && before.contains("blip"), "{before}");
    drop(server);
    let server = installation.start();
    assert_eq!(asked(&server, &["agents", "get", "w"]).out, before);
    let explained = asked(&server, &["agents", "explain", "w", "1"]).out;
    assert!(explained.starts_with("w  step 1  →  wait\n    saw check=ok\n    Almost certainly healthy"), "{explained}");
    assert!(explained.ends_with("computed again from the log, the same to the last bit\n"), "{explained}");
    assert_eq!(asked(&server, &["agents", "list", "--label", "team=z"]).out, "no such agents\n");
    assert_eq!(asked(&server, &["agents", "list", "--limit", "0"]).code, 2);
    let full = asked(&server, &["agents", "explain", "w", "--explain", "full"]).out;
    assert!(full.contains("considered  chosen with") && full.contains("… 56 more"), "{full}");
    assert!(full.lines().any(|line| line.trim_start().starts_with("[probe ×3]  ")), "{full}");
    let decisions = asked(&server, &["agents", "decisions", "w"]).out;
    let lines: Vec<&str> = decisions.lines().collect();
    assert!(lines.len() == 3 && lines[1].contains("check=fail") && lines[1].ends_with("probe"), "{decisions}");
}

#[test]
fn a_step_under_the_same_name_is_done_once() {
    let (_installation, server) = watched();
    let step = ["steps", "w", "--observe", "check=5000", "--idempotency-key", "noon", "--explain", "none"];
    assert_eq!(asked(&server, &step).out, "w  step 1  →  probe\n");
    assert_eq!(asked(&server, &step).out, "w  step 1  →  probe  (answered before; nothing was done again)\n");
    let other = ["steps", "w", "--observe", "check=38", "--idempotency-key", "noon", "--output", "json"];
    let refused = asked(&server, &other);
    assert_eq!((refused.code, refused.error()["code"].as_str()), (5, Some("idempotency_key_reused")));
    let late = ["steps", "w", "--observe", "check=38", "--if-match", "1", "--output", "json"];
    assert_eq!(asked(&server, &late).error()["code"], "revision_mismatch");
}

#[test]
fn a_file_of_observations_can_be_sent_again_and_nothing_is_done_twice() {
    let (_installation, server) = watched();
    let lines =
        file("served-steps.jsonl", "{\"check\": 38}\n{\"check\": 5000}\n{\"check\": 5000, \"executed\": \"wait\"}\n");
    let send = ["steps", "w", "--file", &lines, "--idempotency-key", "monday"];
    let first = asked(&server, &send);
    assert_eq!((first.code, first.out.matches("  →  ").count()), (0, 3), "{}{}", first.out, first.err);
    let second = asked(&server, &send);
    assert_eq!(second.out.matches("(answered before; nothing was done again)").count(), 3, "{}", second.out);
    assert!(asked(&server, &["agents", "get", "w"]).out.contains("steps    3 "));
}

#[test]
fn agents_are_listed_by_labels_reset_and_deleted_for_good() {
    let (_installation, server) = watched();
    asked(&server, &["agents", "create", "v", "--model", "watchdog@1", "--label", "team=b"]);
    let names = |arguments: &[&str]| -> Vec<String> {
        let listed = asked(&server, &[&["agents", "list", "--output", "json"], arguments].concat()).json();
        listed[0]["agents"].as_array().unwrap().iter().map(|agent| agent["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((names(&[]), names(&["--label", "team=b"])), (vec!["v".into(), "w".into()], vec!["v".to_owned()]));
    assert_eq!(names(&["--limit", "1"]), ["v"]);
    assert!(asked(&server, &["agents", "list", "--limit", "1"]).out.contains("there are more than 1"));
    assert_eq!(asked(&server, &["agents", "reset", "w"]).out, "w begins episode 2\n");
    assert_eq!(asked(&server, &["agents", "delete", "v"]).out, "v is deleted; its name is not free again\n");
    assert_eq!(asked(&server, &["agents", "get", "v", "--output", "json"]).error()["code"], "agent_deleted");
}

#[test]
fn whoever_watches_a_label_sees_the_decisions_of_all_who_have_it_as_they_are_made() {
    let (_installation, server) = watched();
    let mut watching = program(&["agents", "watch", "--label", "team=a", "--after", "0", "--limit", "3"])
        .env("FREEAGENTICS_URL", format!("http://{}", server.address()))
        .env("FREEAGENTICS_KEY", KEY)
        .spawn()
        .unwrap();
    let mut seen = BufReader::new(watching.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(seen.next().unwrap().ends_with("w  created"));
    asked(&server, &["steps", "w", "--observe", "check=5000"]);
    let step = seen.next().unwrap();
    assert!(step.contains("w  step 1  →  probe  ") && step.contains("blip"), "{step}");
    asked(&server, &["agents", "reset", "w"]);
    assert!(seen.next().unwrap().ends_with("w  begins episode 2"));
    assert!(watching.wait().unwrap().success(), "it ends after as many as were asked for");
}
