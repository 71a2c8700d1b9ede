//! `freeagentics readiness`, on small profiles: the examination itself has tests of its own.

use serde_json::Value;

use super::{file, folder, freeagentics};

fn profile(name: &str, run: &str) -> String {
    let text = format!(
        "[product]\nname = \"Kettle\"\n[requirement.K1]\ntext = \"It boils.\"\ncategory = \"Infrastructure\"\n\
         priority = \"critical\"\n[[requirement.K1.command]]\nshows = \"that it boils\"\nrun = {run}\n"
    );
    file(name, &text)
}

#[test]
fn a_report_is_written_in_every_format_that_the_names_of_the_files_ask_for() {
    let profile = profile("kettle.toml", "[\"echo\", \"steam\"]");
    let files = ["kettle.md", "kettle.html", "kettle.json", "kettle.sarif"];
    let arguments = files.iter().flat_map(|file| ["--write", file]);
    let said =
        freeagentics(&[&["readiness", "--profile", &profile], arguments.collect::<Vec<_>>().as_slice()].concat());
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(said.err.contains("100 %: of 1 requirements 1 proved"), "{}", said.err);
    let texts = files.map(|file| std::fs::read_to_string(folder().join(file)).unwrap());
    assert!(texts[0].starts_with("# Production readiness: Kettle\n") && texts[0].contains("steam"));
    assert!(texts[1].starts_with("<!doctype html>"));
    let [json, sarif] = [&texts[2], &texts[3]].map(|text| serde_json::from_str::<Value>(text).unwrap());
    assert_eq!((&json["requirements"][0]["status"], &sarif["version"]), (&"proved".into(), &"2.1.0".into()));
}

#[test]
fn a_proof_that_fails_ends_with_one_and_is_named() {
    let profile = profile("cold-kettle.toml", "[\"false\"]");
    let said = freeagentics(&["readiness", "--profile", &profile, "--output", "json"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("failed: K1: that it boils: it ended with 1, not with 0"), "{}", said.err);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["scores"][0]["percent"], 0);
}

#[test]
fn the_products_own_profile_is_there_and_what_has_no_proof_is_not_proved() {
    let said = freeagentics(&["readiness", "--only", "G3,D13"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("# Production readiness: FreeAgentics"), "{}", said.out);
    assert!(said.err.contains("0 %: of 2 requirements 0 proved, 0 validated offline, 2 not proved, 0 failed"));
    assert!(said.out.contains("63 requirements were not looked at"), "{}", said.out);
}

#[test]
fn what_cannot_be_done_is_told_before_anything_is_examined() {
    let broken = file("broken-profile.toml", "[product]\nname = 7\n");
    for (arguments, exit, code) in [
        (["--only", "K99"], 2, "unknown_requirement"),
        (["--write", "report.pdf"], 2, "unknown_format"),
        (["--profile", &broken], 2, "bad_profile"),
        (["--profile", "no-such.toml"], 3, "unreadable"),
        (["--repo", "no-such-folder"], 3, "unreadable"),
    ] {
        let said = freeagentics(&[&["readiness", "--output", "json"], arguments.as_slice()].concat());
        assert_eq!((said.code, said.error()["code"].as_str()), (exit, Some(code)), "{arguments:?}: {}", said.err);
    }
    assert_eq!(freeagentics(&["readiness", "--start", "--url", "http://127.0.0.1:1"]).code, 2);
}
