//! `freeagentics models`.

use super::{fed, freeagentics};

#[test]
fn the_built_in_models_are_listed_with_a_line_each() {
    let said = freeagentics(&["models"]);
    let watchdog = said.out.lines().next().unwrap();
    assert!(watchdog.starts_with("watchdog  Watches a service"), "{watchdog}");
    assert_eq!(said.code, 0);
}

#[test]
fn a_built_in_model_can_be_printed_and_checked_again() {
    let printed = freeagentics(&["models", "pump"]);
    let checked = fed(&["check", "-", "--output", "json"], &printed.out);
    assert_eq!(checked.json()[0]["name"], "pump");
    assert_eq!(checked.json()[0]["digest"], freeagentics(&["check", "pump", "--output", "json"]).json()[0]["digest"]);
}

#[test]
fn a_model_that_is_not_built_in_is_named() {
    let said = freeagentics(&["models", "pmup"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("did you mean `pump`?"), "{}", said.err);
}
