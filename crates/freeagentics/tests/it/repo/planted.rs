//! What `drills/planted` has seen is of the faults and files that there are.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::root;

/// A fault in a file, as `drills/planted/faults.toml` describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    what: String,
    file: String,
    #[serde(default)]
    find: String,
    put: String,
    check: String,
    says: String,
}

/// What finds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    row: String,
    #[serde(default)]
    run: Vec<String>,
    #[serde(default)]
    package: String,
    #[serde(default)]
    tests: String,
    #[serde(default)]
    slow: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    check: BTreeMap<String, Check>,
    fault: Vec<Fault>,
}

impl Fault {
    /// As the drill computes it.
    fn digest(&self) -> String {
        let Self { what, file, find, put, check, says } = self;
        axiomcore::hex::encode(
            &Sha256::digest([what, file, find, put, check, says].map(String::as_str).join("\0"))[..8],
        )
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    digest: String,
    row: String,
    by: String,
    said: String,
}

fn read<T: DeserializeOwned>(path: &str) -> T {
    let text = fs::read_to_string(root().join(path)).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_planted_fault_can_still_be_planted_and_was_found() {
    let Declared { check: checks, fault: faults } = read("drills/planted/faults.toml");
    let seen: BTreeMap<String, Seen> = read("drills/planted/results.toml");
    let page = fs::read_to_string(root().join("docs/planted-faults.md")).unwrap();
    let mut wrong = Vec::new();
    for fault in &faults {
        let Fault { what, file, find, put, check, says } = fault;
        let text = fs::read_to_string(root().join(file)).unwrap_or_default();
        if find.is_empty() && !text.is_empty() || !text.contains(find) || find == put || says.is_empty() {
            wrong.push(format!("{what}: {file} is not as it is planted into any more"));
        }
        if !checks.contains_key(check) {
            wrong.push(format!("{what}: there is no check {check}"));
        }
        if seen.get(what).is_none_or(|seen| seen.digest != fault.digest()) {
            wrong.push(format!("{what}: not seen as it is now; drills/planted/run \"{what}\""));
        }
    }
    for (what, Seen { said, .. }) in &seen {
        if said.is_empty() || !page.contains(&what.replace('|', "\\|").replace('<', "&lt;")) {
            wrong.push(format!("{what}: the page does not have it; drills/planted/run \"{what}\""));
        }
    }
    println!("{} planted faults, each found by the check that is there for it", seen.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(seen.len() >= 40, "{}", seen.len());
}

#[test]
fn what_finds_a_planted_fault_is_what_a_row_of_the_readiness_report_runs() {
    let profile = fs::read_to_string(root().join("crates/readiness/profiles/freeagentics.toml")).unwrap();
    let Declared { check: checks, .. } = read("drills/planted/faults.toml");
    let seen: BTreeMap<String, Seen> = read("drills/planted/results.toml");
    for (name, Check { row, run, package, tests, slow }) in &checks {
        assert!(profile.contains(&format!("[requirement.{row}]\n")), "{name}: there is no row {row}");
        let part = profile.split(&format!("[requirement.{row}]\n")).nth(1).unwrap();
        let part = part.split("\n[requirement.").next().unwrap();
        let command = run.first().is_some_and(|program| part.contains(&format!("\"{program}\"")));
        let area = tests.trim_start_matches('^').split("::").take(2).filter(|name| !name.is_empty()).last();
        let area = area.unwrap_or_default();
        let tests = !package.is_empty() && part.contains(&format!("package = \"{package}\"")) && part.contains(area);
        assert!(command || tests, "{name}: row {row} does not run it");
        assert!(!slow || tests, "{name}: only a stack of tests is slow");
    }
    for Seen { row, by, .. } in seen.values() {
        assert!(profile.contains(&format!("[requirement.{row}]\n")) && !by.is_empty(), "there is no row {row}");
    }
}
