//! From a body to a model that decides and does what its tests say: what creating and validating have in common.

use axiomcore::http::Problem;
use freeagentics_inference::document::{self, Problems};
use serde_json::Value;

use super::body::DocumentBody;
use super::problem::ModelProblem;
use crate::models::expectations::{Outcome, effort, outcomes};
use crate::models::library::{Checked, Rejected};
use crate::models::{Library, ModelName};
use crate::server::Platform;
use crate::server::codes::{MODEL_INVALID, MODEL_TEST_FAILED, MODEL_TESTS_TOO_LONG};

/// Multiply-adds that the tests of a document may take here: a second or two.
const MOST_EFFORT: u64 = 2_000_000_000;

/// The seed of tests, the same as the command line's, so that both say the same.
const SEED: u64 = 1;

/// What keeps a document from becoming a model.
pub(super) enum Wrong {
    /// It cannot be read as a model: everything that is wrong, and how many more problems there are.
    Invalid(Vec<ModelProblem>, usize),
    /// Its tests fail.
    Fails(Vec<Outcome>),
    /// Its tests would take too long; how many multiply-adds they would take.
    TooLong(u64),
    /// The database failed.
    Store(axiomcore::store::Error),
}

/// Reads, compiles and, if wanted, tests a document.
pub(super) async fn check(
    platform: &Platform,
    workspace: i64,
    body: DocumentBody,
    run_tests: bool,
) -> Result<Result<Checked, Wrong>, Problem> {
    let library = platform.library.clone();
    platform.compute(workspace, move || checked(&library, &body, run_tests)).await
}

fn checked(library: &Library, body: &DocumentBody, run_tests: bool) -> Result<Checked, Wrong> {
    let text = document::from_utf8(&body.bytes).map_err(invalid)?;
    let checked = library.check(text, body.format)?;
    named(&checked.document.name)?;
    if run_tests { tested(checked) } else { Ok(checked) }
}

fn invalid(problems: Problems) -> Wrong {
    Wrong::Invalid(problems.problems.into_iter().map(Into::into).collect(), problems.omitted)
}

/// A model of a server is found by its name, so that has to fit into an address.
fn named(name: &str) -> Result<(), Wrong> {
    let wrong = |message| {
        let mend = "write up to 64 letters, digits, `_`, `.` and `-`, beginning with a letter, a digit or `_`";
        Err(Wrong::Invalid(vec![ModelProblem::new("invalid_name", "/name", message, mend)], 0))
    };
    match ModelName::new(name) {
        Err(error) => wrong(error.to_string()),
        Ok(name) if name.is_reserved() => wrong(format!("`{}` means something else in addresses", name.as_str())),
        Ok(_) => Ok(()),
    }
}

fn tested(checked: Checked) -> Result<Checked, Wrong> {
    let effort = effort(&checked.document);
    if effort > MOST_EFFORT {
        return Err(Wrong::TooLong(effort));
    }
    let outcomes = outcomes(&checked.document, &checked.engine, SEED);
    let failed: Vec<Outcome> = outcomes.into_iter().filter(|outcome| !outcome.ok).collect();
    if failed.is_empty() { Ok(checked) } else { Err(Wrong::Fails(failed)) }
}

impl From<Rejected> for Wrong {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Invalid(problems) => invalid(problems),
            Rejected::Refused(faults) => {
                let mend = "please report this model: its check should have said it better";
                Self::Invalid(vec![ModelProblem::new("refused", "", faults, mend)], 0)
            }
            Rejected::Store(error) => Self::Store(error),
        }
    }
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        let listed = |items: Result<Value, serde_json::Error>| items.unwrap_or_default();
        match wrong {
            Wrong::Invalid(problems, omitted) => {
                let told = Self::new(&MODEL_INVALID).detail(counted(problems.len() + omitted, "problem"));
                told.with("problems", listed(serde_json::to_value(problems))).with("omitted", omitted)
            }
            Wrong::Fails(failed) => {
                let told = Self::new(&MODEL_TEST_FAILED).detail(counted(failed.len(), "failing test"));
                told.with("failed", listed(serde_json::to_value(failed)))
            }
            Wrong::TooLong(effort) => Self::new(&MODEL_TESTS_TOO_LONG)
                .detail(format!("about {effort} multiply-adds; at most {MOST_EFFORT} are done here")),
            Wrong::Store(error) => error.into(),
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{} in the document", if n == 1 { "" } else { "s" })
}
