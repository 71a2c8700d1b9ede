//! `command`: a program in the repository, which has to end well and in time.

use serde::Deserialize;

use super::evidence::seconds;
use super::measure::{Measure, take_all};
use super::{Bench, Evidence, Outcome};
use crate::process::{Ending, Finished, Program};
use crate::profile::{Limit, Pattern};

/// Lines of output that are shown of a program that ended well, and of one that did not.
const SHOWN: usize = 3;
const SHOWN_OF_A_FAILURE: usize = 12;

/// What a profile says of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandProof {
    /// The part of the requirement that it shows.
    pub(crate) shows: String,
    /// The program and its arguments. No shell is between, unless it is named.
    pub(crate) run: Vec<String>,
    #[serde(default = "crate::profile::five_minutes")]
    limit: Limit,
    #[serde(default)]
    exit: i32,
    /// Has to be found in the output.
    expect: Option<Pattern>,
    #[serde(default)]
    measure: Vec<Measure>,
    /// Why this is less than the real thing: it is then `validated offline`.
    pub(crate) offline: Option<String>,
}

impl CommandProof {
    pub(crate) fn execute(&self, bench: &Bench<'_>) -> Outcome {
        let ran = bench.redaction.line(&self.run.join(" "));
        let filled: Result<Vec<String>, String> = self.run.iter().map(|word| bench.blanks.fill(word)).collect();
        let words: Vec<&str> = match &filled {
            Ok(words) => words.iter().map(String::as_str).collect(),
            Err(why) => return Outcome::not_run(ran, why),
        };
        let mut evidence = Evidence { ran, at: Some(bench.clock.now()), ..Evidence::default() };
        match Program::new(&words, &bench.repo, self.limit.0).run(bench.clock) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let name = words.first().copied().unwrap_or_default();
                Outcome::not_run(evidence.ran, bench.redaction.line(&format!("there is no program `{name}` here")))
            }
            Err(error) => Outcome::failed(evidence, format!("it could not be run: {error}")),
            Ok(finished) => {
                evidence.took_seconds = Some(seconds(finished.took));
                let (figures, mut faults) = take_all(&self.measure, &finished.output);
                faults.splice(0..0, self.ended_badly(&finished));
                evidence.figures = figures;
                evidence.said = self.said(&finished.output, !faults.is_empty(), bench);
                Outcome::judged(evidence, &faults)
            }
        }
    }

    fn ended_badly(&self, finished: &Finished) -> Option<String> {
        match finished.ending {
            Ending::OutOfTime => Some(format!("it did not end within {} s", self.limit.0.as_secs_f64())),
            Ending::Signalled => Some("it was killed".into()),
            Ending::Exited(code) if code != self.exit => Some(format!("it ended with {code}, not with {}", self.exit)),
            Ending::Exited(_) => {
                let expected = self.expect.as_ref().filter(|expected| !expected.is_match(&finished.output))?;
                Some(format!("its output does not match `{}`", expected.as_str()))
            }
        }
    }

    /// The lines that were looked for, or else the last ones.
    fn said(&self, output: &str, failed: bool, bench: &Bench<'_>) -> Vec<String> {
        let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = |n: usize| lines.iter().skip(lines.len().saturating_sub(n)).copied().collect();
        let is_expected = |line: &&str| self.expect.as_ref().is_some_and(|expected| expected.is_match(line));
        let expected: Vec<&str> = lines.iter().copied().filter(is_expected).take(SHOWN).collect();
        let shown: Vec<&str> = match (failed, expected.is_empty()) {
            (true, _) => last(SHOWN_OF_A_FAILURE),
            (false, true) => last(SHOWN),
            (false, false) => expected,
        };
        shown.into_iter().map(|line| bench.redaction.line(line)).collect()
    }
}
