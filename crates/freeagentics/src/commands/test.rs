//! `freeagentics test MODEL…`: the expectations that travel with a model.

use std::io;

use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    explain::amounts::count,
    models::{
        Loaded,
        expectations::{self, Outcome},
        read,
    },
    terminal::{Format, Terminal, harmless},
};

/// Tests models.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Model documents (YAML or JSON), or names of built-in models.
    #[arg(value_name = "MODEL", required = true)]
    models: Vec<String>,
    /// Seed of the agent's draws, for models that choose by chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (mut told, mut failed) = (Vec::new(), 0);
    for model in &args.models {
        let loaded = read(model, terminal)?;
        let outcomes = expectations::outcomes(&loaded.document, &loaded.engine, args.seed);
        failed += outcomes.iter().filter(|outcome| !outcome.ok).count();
        match format {
            Format::Text => print(terminal, &loaded, &outcomes)?,
            Format::Json => told.push(json!({
                "model": loaded.origin,
                "name": loaded.document.name,
                "tests": outcomes,
            })),
        }
    }
    if format == Format::Json {
        terminal.json(&json!({ "ok": failed == 0, "failed": failed, "models": told }))?;
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}

fn print(terminal: &mut Terminal<'_>, loaded: &Loaded, outcomes: &[Outcome]) -> io::Result<()> {
    let (paint, out) = (terminal.paint, &mut terminal.out);
    writeln!(out, "{}", paint.strong(&harmless(&loaded.document.name)))?;
    if outcomes.is_empty() {
        return writeln!(out, "  no tests; write some under `tests`: given these observations, then this action");
    }
    for outcome in outcomes {
        let mark = if outcome.ok { paint.good("ok  ") } else { paint.alarm("FAIL") };
        let expected: Vec<&str> = outcome.claims.iter().map(|claim| claim.expected.as_str()).collect();
        writeln!(out, "  {mark}  {} {}", harmless(&outcome.name), paint.faint(&format!("({})", expected.join("; "))))?;
        if outcome.ok {
            continue;
        }
        let place = outcome.line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(out, "        at        {}{place}", harmless(&loaded.origin))?;
        outcome.steps().try_for_each(|(heading, step)| writeln!(out, "        {heading:<8}  {step}"))?;
        for claim in outcome.claims.iter().filter(|claim| !claim.ok) {
            writeln!(out, "        expected  {}", claim.expected)?;
            writeln!(out, "        found     {}", claim.found)?;
        }
        if let Some(why) = &outcome.why {
            writeln!(out, "        why       {why}")?;
        }
    }
    let held = outcomes.iter().filter(|outcome| outcome.ok).count();
    let hold = if outcomes.len() == 1 { "holds" } else { "hold" };
    writeln!(out, "  {held} of {} {hold}", count(outcomes.len(), "test"))
}
