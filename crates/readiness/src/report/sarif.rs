//! SARIF 2.1.0: every requirement is a rule, and every one that is not proved a finding.

use serde_json::{Value, json};

use super::Report;
use crate::judgement::{Row, Status};
use crate::proofs::Verdict;

pub(super) fn render(report: &Report) -> Value {
    let rules: Vec<Value> = report.requirements.iter().map(rule).collect();
    let results: Vec<Value> = report.requirements.iter().filter_map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "readiness", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    })
}

fn rule(row: &Row) -> Value {
    json!({
        "id": row.id,
        "shortDescription": { "text": row.text },
        "properties": { "category": row.category.name(), "priority": row.priority.name() },
    })
}

/// Nothing for what is proved.
fn result(row: &Row) -> Option<Value> {
    let level = match row.status {
        Status::Proved => return None,
        Status::ValidatedOffline => "note",
        Status::NotProved => "warning",
        Status::Failed => "error",
    };
    let why = row.parts.iter().filter_map(|part| match &part.outcome.verdict {
        Verdict::Held => None,
        Verdict::Failed { why } | Verdict::NotRun { why } => Some(format!("{}: {why}", part.shows)),
    });
    let missing = row.missing.iter().map(|missing| format!("no proof yet: {missing}"));
    let about: Vec<String> = [row.standing()].into_iter().chain(why).chain(missing).collect();
    Some(json!({ "ruleId": row.id, "level": level, "message": { "text": about.join(". ") } }))
}
