//! `tests`: tests of the repository by their names. All proofs of this kind share one run of nextest; each is then judged
//! by the tests that are its own. One whose pattern matches no test fails: a renamed test must not prove anything.

mod junit;
mod kinds;
mod nextest;

use serde::Deserialize;

use super::measure::{Measure, take_all};
use super::{Bench, Evidence, Outcome, Tally};
use crate::clock::Timestamp;
use crate::profile::Pattern;

/// Names of tests, and lines of each failed one, that are shown.
const NAMES: usize = 4;
const LINES: usize = 8;

/// What a profile says of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestsProof {
    /// The part of the requirement that it shows.
    pub(crate) shows: String,
    pub(crate) package: String,
    /// Matches the names of its tests: `^store::`.
    named: Pattern,
    /// How many tests there have to be.
    #[serde(default = "one")]
    at_least: usize,
    /// Figures in what the tests print.
    #[serde(default)]
    measure: Vec<Measure>,
    /// Why this is less than the real thing: it is then `validated offline`.
    pub(crate) offline: Option<String>,
}

fn one() -> usize {
    1
}

/// One test that ran.
#[derive(Clone, Debug)]
pub(crate) struct TestCase {
    package: String,
    /// The integration-test binary; none for unit tests.
    binary: Option<String>,
    name: String,
    seconds: f64,
    passed: bool,
    output: String,
}

/// What came of the one run.
#[derive(Debug)]
pub(crate) enum TestResults {
    /// Nothing could be run.
    NotRun(String),
    /// It was run and came to no results, such as when the repository does not compile.
    Broken {
        why: String,
        said: Vec<String>,
    },
    Ran {
        at: Timestamp,
        packages: Vec<String>,
        cases: Vec<TestCase>,
    },
}

impl TestsProof {
    /// Judges it by the results of the run.
    pub(crate) fn judge(&self, results: &TestResults, bench: &Bench<'_>) -> Outcome {
        let ran = format!("cargo nextest run --package {} -E '{}'", self.package, nextest::named(&self.named));
        match results {
            TestResults::NotRun(why) => Outcome::not_run(ran, why),
            TestResults::Broken { why, said } => {
                Outcome::failed(Evidence { ran, said: said.clone(), ..Evidence::default() }, why)
            }
            TestResults::Ran { at, packages, cases } => {
                let own: Vec<&TestCase> = cases.iter().filter(|case| self.is_own(case)).collect();
                let evidence = Evidence { ran, at: Some(*at), ..Evidence::default() };
                self.judge_own(&own, packages.contains(&self.package), evidence, bench)
            }
        }
    }

    fn is_own(&self, case: &TestCase) -> bool {
        case.package == self.package && self.named.is_match(&case.name)
    }

    fn judge_own(&self, own: &[&TestCase], has_package: bool, mut evidence: Evidence, bench: &Bench<'_>) -> Outcome {
        let failed: Vec<&TestCase> = own.iter().copied().filter(|case| !case.passed).collect();
        let output: String = own.iter().filter(|case| case.passed).map(|case| case.output.as_str()).collect();
        let (figures, mut faults) = take_all(&self.measure, &output);
        let n_tests = own.len();
        let fault = match () {
            () if !has_package => Some(format!("there is no package {}", self.package)),
            () if own.is_empty() => Some(format!("no test matches `{}`", self.named.as_str())),
            () if !failed.is_empty() => Some(format!("{} of {n_tests} tests failed", failed.len())),
            () if n_tests < self.at_least => Some(format!("there are {n_tests} tests, not {}", self.at_least)),
            () => None,
        };
        faults.splice(0..0, fault);
        evidence.figures = figures;
        evidence.took_seconds = Some(own.iter().map(|case| case.seconds).sum());
        evidence.tests = Some(Tally { passed: n_tests - failed.len(), failed: failed.len() });
        evidence.said = if failed.is_empty() { names(own) } else { failures(&failed) };
        evidence.said = evidence.said.iter().map(|line| bench.redaction.line(line)).collect();
        Outcome::judged(evidence, &faults)
    }
}

fn names(cases: &[&TestCase]) -> Vec<String> {
    let more = cases.len().saturating_sub(NAMES);
    let more = (more > 0).then(|| format!("… and {more} more"));
    cases.iter().take(NAMES).map(|case| case.name.clone()).chain(more).collect()
}

/// The names of the failed ones, each with the first lines of its complaint.
fn failures(failed: &[&TestCase]) -> Vec<String> {
    let told = |case: &&TestCase| {
        let is_told = |line: &&str| !line.starts_with("stack backtrace");
        let lines = case.output.lines().take_while(is_told).filter(|line| !line.trim().is_empty()).take(LINES);
        [format!("FAILED {}", case.name)].into_iter().chain(lines.map(str::to_owned)).collect::<Vec<_>>()
    };
    failed.iter().take(NAMES).flat_map(told).collect()
}
