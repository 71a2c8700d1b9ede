//! `freeagentics run` over recordings that know the truth, beside rules.

use super::{file, freeagentics};

const RULE: &str = "check=fail x3 -> restart";

/// Four healthy ticks, a hang of ten that a restart ends, one blip that passes by itself.
fn recording() -> String {
    let header = r#"{"recording": {"about": "a hang and a blip", "tick_seconds": 5, "down": {"service": ["hung"]},
        "needless": {"restart": {"service": ["healthy", "blip"]}}}}"#;
    let healthy = r#"{"observation": {"check": 40}, "by_action": {"probe": {"deep_probe": "fine"}}, "truth": {"service": "healthy"}}"#;
    let hung = r#"{"observation": {"check": 5000}, "by_action": {"probe": {"deep_probe": "dead"}}, "truth": {"service": "hung"},
        "fault": 1, "mended_by": {"restart": 1}, "mended": {"observation": {"check": 40}, "truth": {"service": "healthy"}}}"#;
    let blip = r#"{"observation": {"check": 5000}, "by_action": {"probe": {"deep_probe": "unreachable"}}, "truth": {"service": "blip"}}"#;
    let lines =
        [vec![header], vec![healthy; 4], vec![hung; 10], vec![healthy; 4], vec![blip; 3], vec![healthy; 3]].concat();
    lines.iter().map(|line| line.replace('\n', "") + "\n").collect()
}

#[test]
fn agent_and_rule_meet_the_consequences_of_their_own_actions() {
    let recording = file("scoring.jsonl", &recording());
    let said = freeagentics(&["run", "watchdog", "--observations", &recording, "--rule", RULE, "--quiet"]);
    insta::assert_snapshot!(said.out, @r#"
    After 24 steps
      a hang and a blip
                                wait  probe  restart  page  needless restart  seconds down  cost
      agent                       20      3        1     0                 0            10  24.2
      check=fail x3 -> restart    22      0        2     0                 1            15    38
    "#);
    assert_eq!(said.code, 0);
}

#[test]
fn several_recordings_are_scored_one_by_one_and_many_with_an_interval() {
    let recording = file("scoring-many.jsonl", &recording());
    let mut arguments = vec!["run", "watchdog", "--rule", RULE, "--output", "json", "--quiet"];
    arguments.extend(["--observations", &recording].repeat(6));
    let [told] = freeagentics(&arguments).json().try_into().unwrap();
    let rule = &told["summary"]["scores"][1];
    assert_eq!((rule["who"].as_str(), rule["recordings"].as_array().unwrap().len()), (Some(RULE), 6));
    assert_eq!(rule["sum"]["needless_restart"], 6);
    assert_eq!(rule["interval"]["needless_restart"]["mean"], 1.0);
}

#[test]
fn the_recorded_hour_costs_the_rule_needless_restarts() {
    let arguments =
        ["run", "watchdog", "--observations", "watchdog-hour", "--rule", RULE, "--output", "json", "--quiet"];
    let [told] = freeagentics(&arguments).json().try_into().unwrap();
    let scores = &told["summary"]["scores"];
    assert_eq!(scores[0]["sum"]["steps"], 720);
    let needless = |who: usize| scores[who]["sum"]["needless_restart"].as_f64().unwrap();
    assert!(needless(0) < needless(1), "{scores}");
}

#[test]
fn what_a_rule_does_is_told_beside_the_decision() {
    let recording = file("scoring-beside.jsonl", &recording());
    let said = freeagentics(&["run", "watchdog", "--observations", &recording, "--rule", RULE]);
    assert!(said.out.contains("rule `check=fail x3 -> restart` does restart"), "{}", said.out);
}

#[test]
fn a_rule_that_cannot_be_read_is_a_usage_error() {
    let said =
        freeagentics(&["run", "watchdog", "--observations", "watchdog-hour", "--rule", "check=fial x3 -> restart"]);
    assert_eq!((said.out.as_str(), said.code), ("", 2));
    assert!(said.err.contains("did you mean `fail`?"), "{}", said.err);
}

#[test]
fn a_fault_that_is_mended_must_say_what_is_seen_then() {
    let hole = r#"{"observation": {"check": 5000}, "truth": {"service": "hung"}, "fault": 1, "mended_by": ["wait"]}"#;
    let recording = file(
        "scoring-hole.jsonl",
        &format!("{{\"observation\": {{\"check\": 40}}, \"fault\": 1, \"mended_by\": [\"wait\"]}}\n{hole}\n"),
    );
    let said = freeagentics(&["run", "watchdog", "--observations", &recording]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("scoring-hole.jsonl:2: fault 1 has been mended"), "{}", said.err);
}

#[test]
fn what_is_seen_follows_from_what_was_really_done() {
    let line = r#"{"observation": {"check": 40, "executed": "probe"}, "by_action": {"probe": {"deep_probe": "fine"}}}"#;
    let recording = file("scoring-executed.jsonl", &format!("{{\"check\": 40}}\n{line}\n"));
    let said = freeagentics(&["run", "watchdog", "--observations", &recording, "--output", "json"]);
    assert_eq!(said.json()[0]["action"]["action"], "wait");
    assert_eq!(said.json()[1]["observation"]["deep_probe"], "fine");
}

#[test]
fn without_the_truth_the_cost_is_not_made_up() {
    let untold = "{\"check\": 40}\n{\"check\": 40}\n";
    let said = freeagentics(&["run", "watchdog", "--quiet", "--observations", &file("scoring-untold.jsonl", untold)]);
    assert!(said.out.contains("wait") && !said.out.contains("cost"), "{}", said.out);
    let partly = format!("{untold}{}", r#"{"observation": {}, "truth": {"service": "hung"}}"#);
    let said = freeagentics(&["run", "watchdog", "--quiet", "--observations", &file("scoring-partly.jsonl", &partly)]);
    assert!(said.out.contains("does not tell the state of every factor in 2 lines"), "{}", said.out);
}

#[test]
fn a_recording_that_misspells_what_is_down_says_so() {
    let text = recording().replacen("[\"hung\"]", "[\"hnug\"]", 1);
    let said = freeagentics(&["run", "watchdog", "--observations", &file("misspelt-down.jsonl", &text), "--quiet"]);
    assert!(said.out.contains("counts `service=hnug` as down, which is no state of the model"), "{}", said.out);
}

#[test]
fn ticks_that_last_less_than_nothing_and_keys_that_stand_twice_are_refused() {
    let negative = file("negative.jsonl", &recording().replacen("\"tick_seconds\": 5", "\"tick_seconds\": -5", 1));
    assert_eq!(freeagentics(&["run", "watchdog", "--observations", &negative]).code, 4);
    let twice = file("twice.jsonl", "{\"check\": 40, \"check\": 5000}\n");
    let said = freeagentics(&["run", "watchdog", "--observations", &twice]);
    assert_eq!((said.code, said.out.as_str()), (4, ""), "{}", said.err);
    assert!(said.err.contains("check"), "{}", said.err);
}
