//! `freeagentics test`.

use super::{file, freeagentics};
use crate::lamp::{LAMP, broken_lamp};

#[test]
fn every_built_in_model_keeps_its_own_promises() {
    let told = freeagentics(&["models", "--output", "json"]).json();
    let names: Vec<&str> = told[0]["models"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap()).collect();
    let said = freeagentics(&[&["test"], names.as_slice()].concat());
    assert_eq!(said.code, 0, "{}", said.out);
    assert_eq!(said.out.matches("tests hold").count(), names.len());
}

#[test]
fn a_broken_promise_is_told_with_what_was_found_and_the_odds() {
    let broken = LAMP.replace("then: { action: leave }", "then: { action: change, most_likely: { lamp: good } }");
    let said = freeagentics(&["test", &file("test-broken.yaml", &broken)]);
    insta::assert_snapshot!(said.out, @r#"
    lamp
      FAIL  a flicker is not enough (change; good most likely)
            at        test-broken.yaml:19
            given     light=flicker  →  leave
            expected  change
            found     leave
            expected  good most likely
            found     dying 61 %, good 39 %
            why       Probably dying (61 %). change would cost 1.5, learn 0.66 less and save 1.82. Not worth it: leave.
      0 of 1 test holds
    "#);
    assert_eq!(said.code, 1);
}

#[test]
fn outcomes_as_json_are_one_object() {
    let broken = LAMP.replace("then: { action: leave }", "then: { action: change }");
    let said = freeagentics(&["test", &file("test-json.yaml", &broken), "watchdog", "--output", "json"]);
    let [told] = said.json().try_into().unwrap();
    assert_eq!((told["ok"].as_bool(), told["failed"].as_u64(), said.code), (Some(false), Some(1), 1));
    let test = &told["models"][0]["tests"][0];
    assert_eq!((test["line"].as_u64(), test["claims"][0]["found"].as_str()), (Some(19), Some("leave")));
}

#[test]
fn a_model_without_tests_says_how_to_write_some() {
    let without = LAMP.split("tests:").next().unwrap();
    let said = freeagentics(&["test", &file("test-none.yaml", without)]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("no tests; write some under `tests`"), "{}", said.out);
}

#[test]
fn a_wrong_model_is_told_on_standard_error() {
    let said = freeagentics(&["test", &file("test-wrong.yaml", &broken_lamp())]);
    assert_eq!((said.out.as_str(), said.code), ("", 1));
    assert!(said.err.contains("test-wrong.yaml:7:"), "{}", said.err);
}
