//! `freeagentics models`.

use super::{Said, asked, fed, file, freeagentics, program};
use crate::api::Installation;
use crate::lamp::{LAMP, broken_lamp};

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

#[test]
fn a_model_is_stored_once_and_its_change_is_the_next_version() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let lamp = file("served-lamp.yaml", LAMP);
    let dearer = file("served-dearer.yaml", &LAMP.replace("change: -1.5", "change: -2"));
    assert_eq!(asked(&server, &["models", "push", &lamp, "--dry-run"]).out, "lamp is sound; nothing was stored\n");
    assert_eq!(asked(&server, &["models", "push", &lamp]).out, "lamp@1 is stored\n");
    assert_eq!(asked(&server, &["models", "push", &lamp]).out, "lamp@1 is this very model: nothing to do\n");
    assert_eq!(asked(&server, &["models", "push", &dearer]).out, "lamp@2 is stored\n");
    let again = asked(&server, &["models", "push", &lamp]).out;
    assert!(again.ends_with("the latest is lamp@2, and new agents get that; name lamp@1 to get this\n"), "{again}");
    assert_eq!(asked(&server, &["models", "get", "lamp@1", "--document"]).out, LAMP);
    let diff = asked(&server, &["models", "diff", "lamp", "1", "2"]).out;
    let expected = "/preference/action/change\n  - -1.5\n  + -2\nthe model has changed: what the agent believes of the world, or what it wants\n";
    assert_eq!(diff, expected);
    let versions = asked(&server, &["models", "versions", "lamp"]).out;
    assert_eq!(versions.lines().count(), 3, "{versions}");
    assert!(asked(&server, &["models", "list"]).out.lines().nth(1).unwrap().starts_with("lamp@2  "));
}

#[test]
fn a_model_whose_tests_fail_is_refused_with_what_they_expected() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let lamp = file("failing-lamp.yaml", &LAMP.replace("then: { action: leave }", "then: { action: change }"));
    let Said { out, err, code } = asked(&server, &["models", "push", &lamp]);
    assert_eq!((out.as_str(), code), ("", 5));
    assert!(err.contains("a flicker is not enough (line ") && err.contains("expected change, found leave"), "{err}");
    assert_eq!(
        asked(&server, &["models", "list", "--output", "json"]).json()[0]["models"].as_array().unwrap().len(),
        0,
        "nothing was stored"
    );
}

#[test]
fn a_wrong_model_is_told_with_its_lines_before_a_server_is_asked() {
    let broken = file("unsound.yaml", &broken_lamp());
    let output = program(&["models", "push", &broken]).env("FREEAGENTICS_KEY", "fa_1_test").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("unsound.yaml:7:") && told.contains("3 problems"), "{told}");
}

#[test]
fn what_was_stored_is_there_after_the_server_was_killed() {
    let installation = Installation::sqlite();
    let server = installation.start();
    assert_eq!(asked(&server, &["models", "push", "pump"]).out, "pump@1 is stored\n");
    drop(server);
    let server = installation.start();
    assert_eq!(asked(&server, &["models", "get", "pump", "--document"]).out, freeagentics(&["models", "pump"]).out);
}
