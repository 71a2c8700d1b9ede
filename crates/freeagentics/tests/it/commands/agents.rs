//! `freeagentics agents`, as far as it is decided before a server is asked.

use super::client::{Scripted, answer};
use super::freeagentics;

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
