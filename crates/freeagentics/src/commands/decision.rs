//! A decision that a server made, told.

use std::io;

use serde_json::Value;

use super::run::Explain;
use crate::{
    exit::Failure,
    explain::{
        amounts::{amount, percent},
        answered,
    },
    tables::{Align, Table},
    terminal::{Terminal, harmless},
};

/// Actions of a table; a model may have hundreds.
const SHOWN: usize = 8;

/// For people.
pub(super) fn tell(answer: &Value, explain: Explain, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let text = |name| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let is = |name| answer.get(name).and_then(Value::as_bool).unwrap_or_default();
    let step = answer.get("step").and_then(Value::as_u64).unwrap_or_default();
    let action = answer.get("action").and_then(answered::action);
    let done = action.map(|action| format!("  →  {}", terminal.paint.strong(&harmless(&action)))).unwrap_or_default();
    let note = match (is("dry_run"), is("replayed")) {
        (true, _) => "  (a dry run: nothing has changed)",
        (_, true) => "  (answered before; nothing was done again)",
        _ => "",
    };
    let agent = harmless(text("agent"));
    writeln!(terminal.out, "{agent}  step {step}{done}{}", terminal.paint.faint(note))?;
    if explain == Explain::None {
        return Ok(());
    }
    if let Some(observation) = answer.get("observation") {
        let seen = answered::seen(observation);
        let seen = if seen.is_empty() { "nothing" } else { &seen };
        let executed = answer.get("executed_action").and_then(answered::action);
        let executed = executed.map(|action| format!("; executed: {action}")).unwrap_or_default();
        writeln!(terminal.out, "    saw {}{}", harmless(seen), harmless(&executed))?;
    }
    match text("why") {
        "" => {}
        why => terminal.paragraph("    ", &harmless(why))?,
    }
    if let Some(odds) = answer.get("beliefs").and_then(answered::beliefs) {
        writeln!(terminal.out, "    {}", terminal.paint.faint(&harmless(&odds)))?;
    }
    if let Some(searched) = answer.get("searched") {
        let number = |name| searched.get(name).and_then(Value::as_u64).unwrap_or_default();
        let (depth, nodes, tree) = (number("depth"), number("nodes"), number("tree"));
        let whole = searched.get("complete").and_then(Value::as_bool).unwrap_or_default();
        let end = if whole { "" } else { ", as far as the budget went" };
        let told =
            format!("    looked {depth} steps ahead{end}: {nodes} beliefs in the place of {tree} nodes of a tree");
        writeln!(terminal.out, "{}", terminal.paint.faint(&told))?;
    }
    if explain == Explain::Full {
        considered(answer, terminal)?;
        plans(answer, terminal)?;
    }
    Ok(())
}

/// What could have been done instead.
fn considered(answer: &Value, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let all = answer.get("considered").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let names = ["considered", "chosen with", "costs", "is worth as a look", "saves", "in all"];
    let mut table = Table::new(names.map(|name| (name, if name == "considered" { Align::Left } else { Align::Right })));
    for one in all.iter().take(SHOWN) {
        let number = |name| one.get(name).and_then(Value::as_f64);
        let said = |name| number(name).map_or_else(String::new, amount);
        let action = one.get("action").and_then(answered::action).unwrap_or_default();
        let odds = number("odds").map_or_else(String::new, percent);
        table.row([harmless(&action).into_owned(), odds, said("cost"), said("tells"), said("brings"), said("worth")]);
    }
    if all.is_empty() { Ok(()) } else { table.write(terminal.out, "    ") }
}

/// The plans themselves, the best first.
fn plans(answer: &Value, terminal: &mut Terminal<'_>) -> io::Result<()> {
    const SPLIT: [&str; 5] = ["utility", "information_gain", "risk", "ambiguity", "neg_efe"];
    let names = ["plan (policy)", "chosen with", "utility", "information gain", "risk", "ambiguity", "-G"];
    let odds = |plan: &Value| plan.get("odds").and_then(Value::as_f64).unwrap_or_default();
    let mut all: Vec<&Value> = answer.get("plans").and_then(Value::as_array).into_iter().flatten().collect();
    all.sort_by(|left, right| odds(right).total_cmp(&odds(left)));
    let mut table =
        Table::new(names.map(|name| (name, if name == "plan (policy)" { Align::Left } else { Align::Right })));
    for plan in all.iter().take(SHOWN) {
        let steps = plan.get("actions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let split = SPLIT.map(|name| plan.get(name).and_then(Value::as_f64).map_or_else(String::new, amount));
        let told = [harmless(&answered::plan(steps)).into_owned(), percent(odds(plan))];
        table.row(told.into_iter().chain(split));
    }
    if !all.is_empty() {
        table.write(terminal.out, "    ")?;
    }
    match all.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(terminal.out, "{}", terminal.paint.faint(&format!("    … {more} more"))),
    }
}
