//! The verdicts in plain words.

use std::collections::BTreeSet;

use freeagentics_inference::{engine::Engine, model::Spec};
use serde::Serialize;

use super::{
    Choice, Survey,
    beliefs::Belief,
    lengths::AtLength,
    verdict::{Bound, Strongest, Verdict},
};
use crate::explain::{
    amounts::{amount, count, list, percent},
    names, odds, sentence,
};

/// What is to be said about one action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Told {
    /// The action.
    pub(crate) action: String,
    /// Whether any belief tried makes it the choice.
    pub(crate) chosen: bool,
    /// The share of the steps of simulated runs at which it is chosen.
    pub(crate) share: f64,
    /// The words, a sentence or two a line.
    pub(crate) said: Vec<String>,
    /// What plans of other lengths make of it.
    pub(crate) lengths: Vec<AtLength>,
}

/// Tells a survey, action by action.
pub(crate) fn tell(engine: &Engine, survey: &Survey) -> Vec<Told> {
    let spec = engine.model().spec();
    let told = |verdict: &Verdict| {
        let said = if verdict.chosen() { when(spec, verdict) } else { never(engine, verdict, survey.tried) };
        let action = name(spec, verdict.choice);
        Told { action, chosen: verdict.chosen(), share: verdict.share, said, lengths: verdict.lengths.clone() }
    };
    survey.verdicts.iter().map(told).collect()
}

fn name(spec: &Spec, choice: Choice) -> String {
    let Some(axis) = spec.controls.get(choice.control) else { return String::new() };
    let label = names::label(&axis.labels, choice.value);
    if spec.controls.len() > 1 { format!("{}={label}", axis.name) } else { label.to_owned() }
}

fn when(spec: &Spec, verdict: &Verdict) -> Vec<String> {
    let mut heading = vec![match verdict.share {
        share if share > 0.0 => format!("{} of the steps of simulated runs", percent(share)),
        _ => "never in simulated runs".to_owned(),
    }];
    heading.extend(verdict.at_start.then(|| "at the start".to_owned()));
    heading.extend(certainties(spec, &verdict.sure_of).map(|sure| format!("when sure of {sure}")));
    let mut said = vec![heading.join("; ")];
    let bounds = bounds(spec, &verdict.only_when, verdict.always_when.as_ref());
    said.extend((!bounds.is_empty()).then(|| bounds.join("; ")));
    let example = verdict.met.as_ref().or(verdict.strongest.as_ref()).filter(|_| verdict.sure_of.is_empty());
    said.extend(example.map(|example| {
        let met = if verdict.met.is_some() { ", as met in a simulated run" } else { "" };
        format!("for example with {}{met} ({})", belief(spec, &example.belief), for_it(example))
    }));
    said.extend(too_short(verdict));
    said
}

/// Where it can and where it must be chosen, or both in one.
fn bounds(spec: &Spec, only: &[Bound], always: Option<&Bound>) -> Vec<String> {
    const SAME: f64 = 0.01;
    if let ([only], Some(always)) = (only, always)
        && always.odds - only.odds <= SAME
    {
        return vec![format!("whenever {}, and only then", bound(spec, only))];
    }
    let mut said = Vec::new();
    if !only.is_empty() {
        let bounds: Vec<String> = only.iter().map(|only| bound(spec, only)).collect();
        said.push(format!("only when {}", list(&bounds, "and")));
    }
    said.extend(always.map(|always| format!("always when {}", bound(spec, always))));
    said
}

/// It takes plans of some length, because what is paid at once returns later.
fn too_short(verdict: &Verdict) -> Option<String> {
    let blind: Vec<&AtLength> = verdict.lengths.iter().filter(|at| !at.chosen).collect();
    let longest = blind.last()?;
    let lengths: Vec<String> = blind.iter().map(|at| at.length.to_string()).collect();
    let own = verdict.strongest.as_ref().map(|strongest| &strongest.own)?;
    let steps = [
        blind.iter().map(|at| (at.length, at.cost, at.brings)).collect(),
        vec![(verdict.length, own.cost, own.brings)],
    ];
    let because = paid_at_once(&steps.concat()).unwrap_or_default();
    let needed = count(longest.length + 1, "step");
    let shorter = if longest.length == 1 { "1 step".to_owned() } else { list(&lengths, "or") };
    Some(format!("it takes plans of {needed}; with plans of {shorter} it never would{because}"))
}

/// The usual reason why short plans shun an action, if it is the one: by length, what is paid and what returns.
fn paid_at_once(steps: &[(usize, f64, f64)]) -> Option<String> {
    let ((_, cost, short), (_, _, long)) = (steps.first()?, steps.last()?);
    let same = steps.iter().all(|(_, other, _)| (other - cost).abs() < 0.005);
    if !same || *cost <= *short || long <= short {
        return None;
    }
    let saved: Vec<String> = steps.iter().map(|(length, _, saved)| format!("{} in {length}", amount(*saved))).collect();
    let said = list(&saved, "and").replacen(" in 1", " in 1 step", 1);
    let said = if steps.first()?.0 == 1 { said } else { format!("{said} steps") };
    Some(format!(
        ", because its cost, {}, is paid at once and what it saves comes later (at best {said})",
        amount(*cost)
    ))
}

fn never(engine: &Engine, verdict: &Verdict, tried: usize) -> Vec<String> {
    let spec = engine.model().spec();
    let Some(strongest) = &verdict.strongest else {
        return vec!["never: no plan begins with it".to_owned()];
    };
    let own = &strongest.own;
    let by = -strongest.lead;
    let better = strongest.other.as_ref().map(|other| names::action(spec, &other.action)).unwrap_or_default();
    if by < 1e-9 {
        return vec![format!("never: at best it is as good as {better}, which comes first ({tried} beliefs tried)")];
    }
    let dear = own.cost > 0.0 && own.cost > own.brings + own.tells;
    let because = if dear { "it costs more than it brings".to_owned() } else { format!("{better} is better") };
    let mut said = vec![format!(
        "never (at none of {tried} beliefs tried), because {because}: where it comes closest, with {}, {} {}; {better} does better by {}",
        belief(spec, &strongest.belief),
        sentence::plan(engine, own.plan, strongest.idle.as_deref()),
        sentence::weighed_up(own, strongest.idle.is_some(), true).unwrap_or_else(|| "would change nothing".to_owned()),
        amount(by)
    )];
    said.extend(longer(verdict, strongest));
    said
}

fn longer(verdict: &Verdict, strongest: &Strongest) -> Option<String> {
    if verdict.listed {
        return Some("the model lists its plans, so longer ones were not tried".to_owned());
    }
    let last = verdict.lengths.last()?;
    let own = &strongest.own;
    if !last.chosen {
        let tried: Vec<String> = verdict.lengths.iter().map(|at| at.length.to_string()).collect();
        return Some(format!("longer plans would not change that (tried: {} steps)", list(&tried, "and")));
    }
    let because = paid_at_once(&[(verdict.length, own.cost, own.brings), (last.length, last.cost, last.brings)]);
    Some(format!("with plans of {} it would{}", count(last.length, "step"), because.unwrap_or_default()))
}

fn for_it(strongest: &Strongest) -> String {
    let mut parts = sentence::parts(&strongest.own, strongest.idle.is_some(), false);
    parts.push(format!("leads by {}", amount(strongest.lead)));
    list(&parts, "and")
}

fn bound(spec: &Spec, bound: &Bound) -> String {
    let state = names::state(spec, bound.factor, bound.state);
    // Rounded outward, so that what is said holds.
    let percent = bound.odds * 100.0;
    let percent = if bound.at_least { (percent + 1e-9).floor() } else { (percent - 1e-9).ceil() };
    match (bound.at_least, percent) {
        (true, 99.0..) => format!("{state} is certain"),
        (false, ..1.0) => format!("{state} is ruled out"),
        (true, _) => format!("{state} is above {percent:.0} %"),
        (false, _) => format!("{state} is below {percent:.0} %"),
    }
}

/// The certainties in short: only what matters of each factor, if the factors matter independently.
fn certainties(spec: &Spec, sure_of: &[Vec<usize>]) -> Option<String> {
    const MOST_LISTED: usize = 4;
    let allowed = |factor: usize| -> BTreeSet<usize> {
        sure_of.iter().filter_map(|states| states.get(factor).copied()).collect()
    };
    let each: Vec<BTreeSet<usize>> = (0..spec.factors.len()).map(allowed).collect();
    if sure_of.is_empty() {
        return None;
    }
    if each.iter().map(BTreeSet::len).product::<usize>() == sure_of.len() {
        let matters =
            each.iter().enumerate().zip(&spec.factors).filter(|((_, allowed), axis)| allowed.len() < axis.labels.len());
        let said = matters.map(|((factor, allowed), _)| {
            shortened(&allowed.iter().map(|&state| names::state(spec, factor, state)).collect::<Vec<_>>())
        });
        let said: Vec<String> = said.collect();
        return Some(if said.is_empty() { "anything".to_owned() } else { said.join(", with ") });
    }
    let listed = |states: &Vec<usize>| {
        let each = states.iter().enumerate().map(|(factor, &state)| names::state(spec, factor, state));
        each.collect::<Vec<_>>().join(" ")
    };
    (sure_of.len() <= MOST_LISTED).then(|| list(&sure_of.iter().map(listed).collect::<Vec<_>>(), "or"))
}

/// `hung 60 %, blip 40 %`, factor by factor.
fn belief(spec: &Spec, belief: &Belief) -> String {
    let each = spec.factors.iter().zip(belief).map(|(axis, odds)| {
        let ranked = odds::ranked(odds).into_iter().filter(|(_, p)| *p >= 0.01).take(4);
        let states: Vec<String> =
            ranked.map(|(state, p)| format!("{} {}", names::label(&axis.labels, state), percent(p))).collect();
        let states = states.join(", ");
        if spec.factors.len() > 1 { format!("{}: {states}", axis.name) } else { states }
    });
    each.collect::<Vec<_>>().join("; ")
}

fn shortened(states: &[String]) -> String {
    const SHOWN: usize = 6;
    if states.len() <= SHOWN + 1 {
        return list(states, "or");
    }
    let shown: Vec<&str> = states.iter().take(SHOWN).map(String::as_str).collect();
    format!("{} or one of {} others", shown.join(", "), states.len() - SHOWN)
}
