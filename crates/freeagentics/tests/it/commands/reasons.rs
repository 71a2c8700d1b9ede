//! Reasons: what cannot be, what is not counted, and what would be done if one were sure.

use super::{fed, file, freeagentics};
use crate::lamp::LAMP;

/// A build that may be run again, which shows something only then.
const BUILD: &str = "\
freeagentics: 1
name: build
factors:    { main: [sound, broken] }
controls:   { action: [carry_on, rerun, call_author] }
modalities: { build: [green, red], rerun: [none, green, red] }
likelihood:
  build: { given: [main], columns: { sound: { green: .9, red: .1 }, broken: { green: .05, red: .95 } } }
  rerun:
    given: [main, action]
    initial: { action: carry_on }
    cases:
      rerun: { columns: { sound: { green: .9, red: .1 }, broken: { green: .05, red: .95 } } }
      else: { columns: { else: none } }
transition: { main: { given: [main], by: [action], cases: { call_author: { columns: { else: sound } }, else: identity } } }
preference: { main: { broken: -3 }, action: { rerun: -.2, call_author: -5 } }
agent:      { policy_length: 3, gamma: 4, idle: carry_on }
tests:
  - name: nonsense is named
    given: [{ build: red }, { build: green, executed: call_author }, { rerun: green, executed: carry_on }, { build: red }]
    then: { action: call_author }
";

#[test]
fn what_cannot_be_is_said_with_what_it_counts_for_and_the_way_out() {
    let model = file("reasons-build.yaml", BUILD);
    let said = fed(&["run", &model], "{\"build\": \"red\"}\n{\"rerun\": \"red\", \"executed\": \"call_author\"}\n");
    let sentence = "rerun=red cannot be after call_author, says the model, so it counts for nothing. \
        If something else was done, say so: `executed`.";
    assert!(said.out.contains(sentence), "{}", said.out);
}

#[test]
fn what_contradicts_all_that_was_believed_is_said_to_count_against_it() {
    let sure = LAMP
        .replace("steady: .95, flicker: .05", "steady: 1")
        .replace("good: .99, dying: .01", "good: 1")
        .replace("[.9, .1]", "[1, 0]");
    let said = fed(&["run", &file("reasons-sure.yaml", &sure)], "{\"light\": \"flicker\"}\n");
    let sentence = "light=flicker cannot be, says the model, so what it had ruled out is weighed again.";
    assert!(said.out.contains(sentence), "{}", said.out);
}

#[test]
fn what_is_seen_before_anything_was_done_is_said_not_to_count() {
    let without = BUILD.replace("    initial: { action: carry_on }\n", "");
    let said = fed(&["run", &file("reasons-initial.yaml", &without)], "{\"rerun\": \"green\"}\n");
    assert!(said.out.contains("rerun=green is not counted: nothing was done before (`initial`)."), "{}", said.out);
}

#[test]
fn a_broken_promise_shows_what_was_done_at_each_step_and_what_cannot_be() {
    let said = freeagentics(&["test", &file("reasons-test.yaml", BUILD)]);
    insta::assert_snapshot!(said.out, @r#"
    build
      FAIL  nonsense is named (call_author)
            at        reasons-test.yaml:18
            given     build=red  →  call_author
                      executed=call_author  build=green  →  carry_on
                      executed=carry_on  rerun=green  →  carry_on
                      build=red  →  carry_on
            but       step 3: rerun=green cannot be after carry_on, says the model, so it counts for nothing. If something else was done, say so: `executed`.
            expected  call_author
            found     carry_on
            why       Certainly sound (100 %). rerun would cost 0.2 and bring nothing. Not worth it: carry_on.
      0 of 1 test holds
    "#);
}

#[test]
fn what_would_be_done_if_the_likeliest_were_certain_is_named_with_why_not_yet() {
    let failing = "{\"check\": \"fail\"}\n{\"check\": \"fail\", \"deep_probe\": \"dead\", \"executed\": \"probe\"}\n\
        {\"check\": \"fail\", \"executed\": \"restart\"}\n";
    let said = fed(&["run", "watchdog"], failing);
    let last = said.out.lines().find(|line| line.contains("broken (")).unwrap_or_else(|| panic!("{}", said.out));
    assert!(last.contains("[page, probe ×2], best if broken were certain, would cost 18.8"), "{last}");
    assert!(last.contains(": not yet."), "{last}");
}

#[test]
fn a_table_says_how_much_it_leaves_out() {
    let said =
        freeagentics(&["run", "watchdog", "--observations", "watchdog-hour", "--limit", "1", "--explain", "full"]);
    assert!(said.out.contains("… 56 more\n"), "{}", said.out);
}

#[test]
fn as_json_all_is_told_against_doing_nothing_and_what_cancels_is_nothing() {
    let hour = ["run", "watchdog", "--observations", "watchdog-hour", "--limit", "60", "--output", "json"];
    let told = freeagentics(&hour).json();
    assert_eq!(told[0]["against"]["action"], "wait");
    let amounts =
        told.iter().filter_map(|step| step["actions"].as_array()).flatten().flat_map(|action| {
            ["cost", "brings", "tells", "habit", "net"].map(|field| action[field].as_f64().unwrap())
        });
    let noise: Vec<f64> = amounts.filter(|amount| *amount != 0.0 && amount.abs() < 1e-12).collect();
    assert!(noise.is_empty(), "{noise:?}");
}

#[test]
fn costs_are_the_documents_own_where_every_action_costs_something() {
    let dear = LAMP.replace("{ change: -1.5 }", "{ leave: -.1, change: -1.5 }").replace("length: 3", "length: 1");
    let said = fed(&["run", &file("reasons-dear.yaml", &dear)], "{\"light\": \"steady\"}\n");
    assert!(said.out.contains("leave costs 0.1") && said.out.contains("change would cost 1.5"), "{}", said.out);
}
