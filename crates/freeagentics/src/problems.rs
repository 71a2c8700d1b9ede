//! What is wrong with a model, as a user sees it.

use freeagentics_inference::document::{Problem, Problems};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    explain::amounts::count,
    terminal::{Paint, harmless},
};

/// Every problem with its place, what is wrong, and how to mend it; then how many.
pub(crate) fn text(origin: &str, problems: &Problems, paint: Paint) -> String {
    let mut text: String = problems.problems.iter().map(|problem| one(origin, problem, paint)).collect();
    let shown = problems.problems.len();
    let total = count(shown + problems.omitted, "problem");
    let omitted = if problems.omitted > 0 { format!(" (the first {shown} are shown)") } else { String::new() };
    let mendable = problems.problems.iter().filter(|problem| problem.patch.is_some()).count();
    let who = if mendable == shown { "all".to_owned() } else { mendable.to_string() };
    let patch = match mendable {
        0 => String::new(),
        _ => format!("; {who} can be mended by what `freeagentics check {} --patch` prints", harmless(origin)),
    };
    text.push_str(&format!("{total} in {}{omitted}{patch}\n", harmless(origin)));
    text
}

/// The same as data.
pub(crate) fn json(origin: &str, problems: &Problems) -> Value {
    let message = format!("{} in the model", count(problems.problems.len() + problems.omitted, "problem"));
    json!({
        "code": "invalid_model",
        "place": origin,
        "message": message,
        "problems": problems.problems,
        "omitted": problems.omitted,
    })
}

/// One of the problems that a server found in what it was sent.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    code: String,
    #[serde(default)]
    pointer: String,
    line: Option<u32>,
    column: Option<u32>,
    #[serde(default, alias = "detail")]
    message: String,
    mend: Option<String>,
}

/// The single `problems` and `failed` tests of a server's answer, a paragraph each, without what was `said` already.
pub(crate) fn told(answer: &Map<String, Value>, said: &str, paint: Paint) -> String {
    let listed = |name| answer.get(name).and_then(Value::as_array).into_iter().flatten();
    let problems = listed("problems").filter_map(|problem| Told::deserialize(problem).ok());
    let problems = problems.filter(|problem| problem.message != said);
    let failed = listed("failed").filter_map(|test| Failed::deserialize(test).ok());
    problems.map(|problem| problem.text(paint)).chain(failed.map(|test| test.text(paint))).collect()
}

/// A test of a model that failed where a server ran it.
#[derive(Deserialize)]
struct Failed {
    name: String,
    line: Option<u32>,
    #[serde(default)]
    claims: Vec<Claim>,
}

/// What a test expects, and what there was instead.
#[derive(Deserialize)]
struct Claim {
    ok: bool,
    expected: Value,
    found: Value,
}

impl Failed {
    fn text(&self, paint: Paint) -> String {
        let line = self.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let wrong = self.claims.iter().filter(|claim| !claim.ok);
        let each = wrong.map(|claim| format!("    expected {}, found {}\n", word(&claim.expected), word(&claim.found)));
        format!("  {}{line}\n{}", paint.alarm(&harmless(&self.name)), harmless(&each.collect::<String>()))
    }
}

impl Told {
    fn text(&self, paint: Paint) -> String {
        let pointer = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        let place = match (self.line, self.column) {
            (Some(line), Some(column)) => format!(" (line {line}, column {column})"),
            _ => String::new(),
        };
        let heading = format!("{} at {}{place}", paint.alarm(&harmless(&self.code)), harmless(pointer));
        let mend = self.mend.as_ref().map(|mend| format!("\n    {} {}", paint.faint("mend:"), harmless(mend)));
        format!("  {heading}\n    {}{}\n", harmless(&self.message), mend.unwrap_or_default())
    }
}

fn one(origin: &str, problem: &Problem, paint: Paint) -> String {
    let place = match (problem.line, problem.column) {
        (Some(line), Some(column)) => format!("{origin}:{line}:{column}"),
        _ => origin.to_owned(),
    };
    let pointer = if problem.pointer.is_empty() { "the document" } else { &problem.pointer };
    let heading = format!("{}: {}", paint.strong(&harmless(&place)), paint.alarm(problem.code.as_str()));
    let mut text = format!("{heading} at {}\n  {}\n", harmless(pointer), harmless(&problem.message));
    text.push_str(&format!("  {} {}\n", paint.faint("mend:"), harmless(&problem.mend)));
    if !problem.also.is_empty() {
        let also: Vec<&str> = problem.also.iter().take(4).map(String::as_str).collect();
        let more = problem.also.len() - also.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        text.push_str(&format!("  {} {}{more}\n", paint.faint("also at:"), harmless(&also.join(", "))));
    }
    text.push('\n');
    text
}
