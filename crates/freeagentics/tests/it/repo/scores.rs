//! The numbers that the documents give for the watchdog are measured, here, on hours that can be made again.

use super::root;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const MODEL: &str = "models/watchdog.yaml";

/// Hours of each world, with the seeds 1, 2, 3, …
const HOURS: usize = 100;

/// The usual rule, and the same with a human at the end of its tether.
const RULES: [(&str, &str); 2] =
    [("rule", "check=fail x3 -> restart"), ("rule that pages", "check=fail x3 -> restart, check=fail x24 -> page")];

const COLUMNS: [&str; 5] = ["needless_restart", "seconds_down", "restart", "page", "probe"];

#[test]
fn the_numbers_for_an_ordinary_world_are_as_measured() {
    assert_measured("ordinary");
}

#[test]
fn the_numbers_for_a_bad_line_are_as_measured() {
    assert_measured("flaky");
}

#[test]
fn the_numbers_for_a_world_of_hangs_are_as_measured() {
    assert_measured("hangs");
}

#[test]
fn the_numbers_for_a_world_of_breakages_are_as_measured() {
    assert_measured("breakages");
}

#[test]
fn the_numbers_for_a_world_in_which_the_probe_misleads_are_as_measured() {
    assert_measured("misleading");
}

/// The page has every row of this world, and no document has another one.
fn assert_measured(mix: &str) {
    let measured = rows(mix, &scores(mix));
    for document in ["docs/watchdog.md", "README.md"] {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        let stated: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("| {mix} |"))).collect();
        let stale: Vec<&&str> = stated.iter().filter(|row| !measured.iter().any(|known| known == **row)).collect();
        assert!(stale.is_empty(), "{document} says\n{stale:#?}\nmeasured is\n{}", measured.join("\n"));
        let is_complete = document == "README.md" || stated.len() == measured.len();
        assert!(is_complete, "{document} lacks some of\n{}", measured.join("\n"));
    }
}

fn rows(mix: &str, scores: &[Value]) -> Vec<String> {
    let names = std::iter::once("agent").chain(RULES.into_iter().map(|(name, _)| name));
    let row = |(name, scores): (&str, &Value)| {
        let cells = COLUMNS.map(|column| cell(&scores["interval"][column]));
        format!("| {mix} | {name} | {} |", cells.join(" | "))
    };
    names.zip(scores).map(row).collect()
}

fn cell(interval: &Value) -> String {
    let number = |key: &str| interval[key].as_f64().expect("enough recordings for an interval");
    format!("{:.1} ± {:.1}", number("mean"), number("half_width"))
}

/// What the agent and each rule came to, by the command that users have.
fn scores(mix: &str) -> Vec<Value> {
    let hours = Hours::of(mix);
    let mut run = Command::new(env!("CARGO_BIN_EXE_freeagentics"));
    run.args(["run", MODEL, "--quiet", "--output", "json"]).current_dir(root());
    run.args(RULES.iter().flat_map(|(_, rule)| ["--rule", rule]));
    run.args(hours.files().flat_map(|file| ["--observations".into(), file]));
    let output = run.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let summary: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    summary["summary"]["scores"].as_array().unwrap().clone()
}

/// A folder with recorded hours, gone when it is dropped.
struct Hours(PathBuf);

impl Hours {
    fn of(mix: &str) -> Self {
        let made = Self(std::env::temp_dir().join(format!("freeagentics-{mix}-{}", std::process::id())));
        std::fs::create_dir_all(&made.0).unwrap();
        let program = watchdog_hour();
        for (seed, file) in made.files().enumerate() {
            let seed = (seed + 1).to_string();
            let hour = Command::new(&program).args(["--mix", mix, "--seed", &seed]).output().unwrap();
            assert!(hour.status.success(), "{}", String::from_utf8_lossy(&hour.stderr));
            std::fs::write(file, hour.stdout).unwrap();
        }
        made
    }

    fn files(&self) -> impl Iterator<Item = PathBuf> {
        (1..=HOURS).map(|seed| self.0.join(format!("{seed}.jsonl")))
    }
}

impl Drop for Hours {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Builds the program that makes recordings, unless it is there: of all crates, so that it is what the tests were built with.
fn watchdog_hour() -> PathBuf {
    let build = ["build", "--quiet", "--locked", "--workspace", "--example", "watchdog_hour"];
    let built = Command::new(env!("CARGO")).args(build).current_dir(root()).status().unwrap();
    assert!(built.success());
    let folder = Path::new(env!("CARGO_BIN_EXE_freeagentics")).parent().unwrap();
    folder.join("examples/watchdog_hour")
}
