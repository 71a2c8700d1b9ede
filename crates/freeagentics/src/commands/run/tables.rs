//! Odds, actions and plans as tables and as data.

use std::io;

use freeagentics_inference::engine::{Decision, Engine};
use serde_json::{Value, json};

use super::step::action;
use crate::{
    decisions::Has,
    explain::{
        amounts::{amount, percent, without_dust},
        names, odds, sentence,
        weighing::Weighing,
    },
    tables::{Align, Table},
    terminal::Terminal,
};

/// Rows of each table; models have hundreds of states and thousands of plans.
const SHOWN: usize = 8;

/// The tables of one decision, for people.
pub(super) fn write(
    terminal: &mut Terminal<'_>,
    engine: &Engine,
    decision: &Decision<'_>,
    weighing: &Weighing,
) -> io::Result<()> {
    const INDENT: &str = "          ";
    for (factor, axis) in engine.model().spec().factors.iter().enumerate() {
        beliefs(&axis.name, &axis.labels, decision, factor).write(terminal.out, INDENT)?;
        more(terminal, INDENT, axis.labels.len())?;
    }
    if !engine.model().spec().controls.is_empty() {
        actions(engine, weighing).write(terminal.out, INDENT)?;
        more(terminal, INDENT, weighing.considered.len())?;
        plans(engine, decision, weighing).write(terminal.out, INDENT)?;
        more(terminal, INDENT, engine.n_policies())?;
    }
    let fit = format!("{INDENT}free energy (how badly the model fits) {}", amount(decision.free_energy()));
    writeln!(terminal.out, "{}", terminal.paint.faint(&fit))
}

/// What a table leaves out.
fn more(terminal: &mut Terminal<'_>, indent: &str, rows: usize) -> io::Result<()> {
    if rows <= SHOWN {
        return Ok(());
    }
    writeln!(terminal.out, "{}", terminal.paint.faint(&format!("{indent}… {} more", rows - SHOWN)))
}

/// Odds before and after the observation, with a bar.
fn beliefs(name: &str, labels: &[String], decision: &Decision<'_>, factor: usize) -> Table {
    const BAR: f64 = 20.0;
    let mut table =
        Table::new([(name, Align::Left), ("before", Align::Right), ("now", Align::Right), ("", Align::Left)]);
    let prior = decision.prior(factor);
    for (state, now) in odds::ranked(decision.belief(factor)).into_iter().take(SHOWN) {
        let before = prior.get(state).copied().unwrap_or(0.0);
        let bar = "█".repeat((now * BAR).round() as usize);
        table.row([names::label(labels, state).to_owned(), percent(before), percent(now), bar]);
    }
    table
}

fn actions(engine: &Engine, weighing: &Weighing) -> Table {
    let compared = if weighing.idle.is_some() { "saves" } else { "brings" };
    let against = weighing.idle.as_ref().map(|idle| format!("against {}", names::action(engine.model().spec(), idle)));
    let first = against.as_deref().unwrap_or("action");
    let has = Has::of(engine);
    let more = [(has.lessons, "teaches"), (has.goals, "leads"), (has.search, "later")];
    let headings = [first, "chosen with", "costs", "is worth as a look", compared];
    let headings = headings.into_iter().chain(more.iter().filter(|(has, _)| *has).map(|(_, name)| *name));
    let headings = headings.chain(["in all"]);
    let mut table =
        Table::new(headings.map(|heading| (heading, if heading == first { Align::Left } else { Align::Right })));
    for one in weighing.considered.iter().take(SHOWN) {
        let name = names::action(engine.model().spec(), &one.action);
        let chosen = if one.action == weighing.chosen { " ←" } else { "" };
        table.row(
            [format!("{name}{chosen}"), percent(one.odds), amount(one.cost), amount(one.tells), amount(one.brings)]
                .into_iter()
                .chain(
                    [(has.lessons, one.teaches), (has.goals, one.leads), (has.search, one.later), (true, one.net())]
                        .into_iter()
                        .filter(|(has, _)| *has)
                        .map(|(_, value)| amount(value)),
                ),
        );
    }
    table
}

fn plans(engine: &Engine, decision: &Decision<'_>, weighing: &Weighing) -> Table {
    let headings = ["plan (policy)", "chosen with", "utility", "information gain", "risk", "ambiguity", "-G"];
    let mut table = Table::new(
        headings.map(|heading| (heading, if heading == "plan (policy)" { Align::Left } else { Align::Right })),
    );
    for (plan, odds) in odds::ranked(decision.posterior()).into_iter().take(SHOWN) {
        let split = decision.split(plan);
        table.row([
            sentence::plan(engine, plan, weighing.idle.as_deref()),
            percent(odds),
            amount(split.utility),
            amount(split.information_gain),
            amount(split.risk),
            amount(split.ambiguity),
            amount(split.neg_efe()),
        ]);
    }
    table
}

/// Every first action with what it has going for it, best first.
pub(super) fn actions_json(engine: &Engine, weighing: &Weighing) -> Value {
    let spec = engine.model().spec();
    let one = |one: &crate::explain::weighing::Considered| {
        json!({
            "action": action(spec, &one.action),
            "plan": steps(engine, one.plan),
            "odds": one.odds,
            "cost": without_dust(one.cost),
            "brings": without_dust(one.brings),
            "tells": without_dust(one.tells),
            "habit": without_dust(one.habit),
            "teaches": without_dust(one.teaches),
            "leads": without_dust(one.leads),
            "later": without_dust(one.later),
            "net": without_dust(one.net()),
        })
    };
    Value::Array(weighing.considered.iter().map(one).collect())
}

/// Every plan with its split, in the engine's order.
pub(super) fn plans_json(engine: &Engine, decision: &Decision<'_>) -> Value {
    let each = decision.posterior().iter().enumerate().map(|(plan, odds)| {
        let split = decision.split(plan);
        json!({
            "plan": steps(engine, plan),
            "odds": odds,
            "neg_efe": decision.neg_efe().get(plan),
            "utility": split.utility,
            "information_gain": split.information_gain,
            "risk": split.risk,
            "ambiguity": split.ambiguity,
            "novelty": split.novelty,
            "inductive": split.inductive,
        })
    });
    Value::Array(each.collect())
}

fn steps(engine: &Engine, plan: usize) -> Vec<String> {
    let spec = engine.model().spec();
    (0..engine.policy_len()).map(|time| names::action(spec, engine.policy_action(plan, time))).collect()
}
