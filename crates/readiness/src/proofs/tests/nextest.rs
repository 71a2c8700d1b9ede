//! One run of nextest for all proofs, so that the repository is built once and no test runs twice.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::{TestResults, TestsProof, junit};
use crate::process::{Ending, Finished, Program};
use crate::profile::Pattern;
use crate::proofs::Bench;

const SETUP: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(3_600);
/// Lines of a run without results that are shown.
const SHOWN: usize = 12;

impl TestResults {
    /// Runs every test that some proof names.
    pub(crate) fn of(proofs: &[&TestsProof], limit: Option<Duration>, bench: &Bench<'_>) -> Self {
        let at = bench.clock.now();
        let ran = packages(bench).and_then(|packages| {
            let expression = expression(proofs, &packages);
            let cases = if expression.is_empty() { Ok(Vec::new()) } else { run(&expression, limit, bench) };
            Ok(Self::Ran { at, packages, cases: cases? })
        });
        ran.unwrap_or_else(|unusable| unusable)
    }
}

/// The packages of the workspace. An expression that names another one would spoil the whole run.
fn packages(bench: &Bench<'_>) -> Result<Vec<String>, TestResults> {
    let words = ["cargo", "metadata", "--no-deps", "--format-version", "1"];
    let told = finished(&words, SETUP, bench)?;
    if told.ending != Ending::Exited(0) {
        return Err(broken("cargo does not understand this repository", &told, bench));
    }
    let metadata = told.output.lines().find_map(|line| serde_json::from_str::<Value>(line).ok()).unwrap_or_default();
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    Ok(packages.filter_map(|package| Some(package.get("name")?.as_str()?.to_owned())).collect())
}

fn run(expression: &str, limit: Option<Duration>, bench: &Bench<'_>) -> Result<Vec<super::TestCase>, TestResults> {
    if finished(&["cargo", "nextest", "--version"], SETUP, bench)?.ending != Ending::Exited(0) {
        return Err(TestResults::NotRun("cargo-nextest is not installed".into()));
    }
    let (report, configuration) = (bench.scratch.join("tests.xml"), bench.scratch.join("nextest.toml"));
    // Beneath the repository's own configuration, whose limits for slow tests stay in force.
    let junit = Value::from(report.display().to_string());
    let text = format!("[profile.readiness.junit]\npath = {junit}\nstore-success-output = true\n");
    let written = std::fs::write(&configuration, text);
    written.map_err(|error| TestResults::NotRun(format!("no configuration could be written: {error}")))?;
    let tool = format!("readiness:{}", configuration.display());
    let mut words =
        vec!["cargo", "nextest", "run", "--workspace", "--tool-config-file", &tool, "--profile", "readiness"];
    words.extend(["--no-fail-fast", "--retries", "0", "--no-tests", "pass", "-E", expression]);
    if bench.repo.join("Cargo.lock").exists() {
        words.push("--locked");
    }
    let told = finished(&words, limit.unwrap_or(LONGEST), bench)?;
    match std::fs::read_to_string(&report).map_err(|error| error.to_string()).and_then(|text| junit::cases(&text)) {
        Ok(cases) => Ok(cases),
        Err(_) if told.ending == Ending::OutOfTime => Err(broken("the tests ran out of time", &told, bench)),
        Err(_) => Err(broken("the tests came to no results: does the repository compile?", &told, bench)),
    }
}

fn finished(words: &[&str], limit: Duration, bench: &Bench<'_>) -> Result<Finished, TestResults> {
    Program::new(words, &bench.repo, limit)
        .run(bench.clock)
        .map_err(|error| TestResults::NotRun(format!("cargo: {error}")))
}

fn broken(why: &str, told: &Finished, bench: &Bench<'_>) -> TestResults {
    let lines: Vec<&str> = told.output.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(SHOWN));
    TestResults::Broken { why: why.into(), said: last.map(|line| bench.redaction.line(line)).collect() }
}

/// All proofs as one expression; nothing if none of them can match anything.
fn expression(proofs: &[&TestsProof], packages: &[String]) -> String {
    let mut by_package: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for proof in proofs.iter().filter(|proof| packages.contains(&proof.package)) {
        by_package.entry(&proof.package).or_default().push(named(&proof.named));
    }
    let of_package = |(package, names): (&str, Vec<String>)| format!("(package(={package}) & ({}))", names.join(" | "));
    by_package.into_iter().map(of_package).collect::<Vec<_>>().join(" | ")
}

/// The tests with such names. nextest takes the same regular expressions, so it runs what is then found to be a proof's.
pub(super) fn named(pattern: &Pattern) -> String {
    format!("test(/{}/)", pattern.as_str().replace('/', r"\/"))
}
