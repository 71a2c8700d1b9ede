//! What did not fit: an observation that was hardly expected, that cannot be, or that was not counted.

use freeagentics_inference::{
    engine::{Decision, Engine},
    model::{Evidence, Spec, Table},
    numerics::{EPS, exp},
};

use super::{amounts::percent, names};

/// An observation that the model expected with less than these odds is called a surprise.
const SURPRISING: f64 = 0.05;

/// All that is worth a word: `check=fail is a surprise (1 % expected).` `seen` are modalities and what they showed.
pub(crate) fn surprises(
    engine: &Engine,
    decision: &Decision<'_>,
    evidence: &[Evidence],
    seen: &[(usize, String)],
) -> Vec<String> {
    let hardly = seen.iter().filter_map(|(modality, seen)| {
        let odds = odds(decision, *modality)?;
        let said = format!("{seen} is a surprise ({} expected).", percent(odds));
        (odds < SURPRISING && !cannot_be(decision, odds)).then_some(said)
    });
    not_counted(engine, decision, evidence, seen).into_iter().chain(hardly).collect()
}

/// The part of it that changes what an observation is good for: it counted for nothing, or against all that was believed.
pub(crate) fn not_counted(
    engine: &Engine,
    decision: &Decision<'_>,
    evidence: &[Evidence],
    seen: &[(usize, String)],
) -> Vec<String> {
    let each = seen.iter().filter_map(|(modality, seen)| {
        if decision.ignored(*modality) {
            return Some(format!("{seen} is not counted: nothing was done before (`initial`)."));
        }
        let odds = odds(decision, *modality)?;
        let evidence = evidence.get(*modality)?;
        cannot_be(decision, odds).then(|| impossible(engine, decision, evidence, (*modality, seen)))
    });
    let mut said: Vec<String> = each.collect();
    if decision.impossible() && !seen.iter().any(|(modality, _)| odds(decision, *modality).is_some_and(is_zero)) {
        said.push("These together cannot be, says the model; what it had ruled out is weighed again.".to_owned());
    }
    said
}

/// The probability with which the model expected what was seen, if that counted at all.
fn odds(decision: &Decision<'_>, modality: usize) -> Option<f64> {
    decision.surprise(modality).map(|surprise| exp(-surprise))
}

fn cannot_be(decision: &Decision<'_>, odds: f64) -> bool {
    decision.impossible() && is_zero(odds)
}

/// Nothing is told from zero below the floor of the engine's logarithm.
fn is_zero(odds: f64) -> bool {
    odds <= EPS * 1.001
}

fn impossible(
    engine: &Engine,
    decision: &Decision<'_>,
    evidence: &Evidence,
    (modality, seen): (usize, &str),
) -> String {
    let spec = engine.model().spec();
    let Some(table) = spec.likelihoods.get(modality) else { return String::new() };
    let done = decision.preceding(modality).filter(|_| !table.controls.is_empty());
    let after = done.map(|done| format!(" after {}", names::action(spec, done))).unwrap_or_default();
    let so = if is_zero_whatever_the_states(spec, table, done, evidence) {
        "so it counts for nothing"
    } else {
        "so what it had ruled out is weighed again"
    };
    let mend = if done.is_some() { " If something else was done, say so: `executed`." } else { "" };
    format!("{seen} cannot be{after}, says the model, {so}.{mend}")
}

/// Whether no state at all could have brought this after what was `done`.
fn is_zero_whatever_the_states(spec: &Spec, table: &Table, done: Option<&[usize]>, evidence: &Evidence) -> bool {
    let states: usize = table.factors.iter().filter_map(|&f| spec.factors.get(f)).map(|f| f.labels.len()).product();
    let (mut settings, mut setting) = (1, 0);
    for &control in &table.controls {
        let size = spec.controls.get(control).map_or(1, |control| control.labels.len());
        settings *= size;
        setting = setting * size + done.and_then(|done| done.get(control)).copied().unwrap_or(0);
    }
    let entry =
        |observation: usize, state: usize| table.values.get((observation * states + state) * settings + setting);
    let never = |observation: usize| (0..states).all(|state| entry(observation, state) == Some(&0.0));
    match evidence {
        Evidence::Missing => false,
        Evidence::Index(observation) => never(*observation),
        Evidence::Soft(weights) => {
            weights.iter().enumerate().all(|(observation, &weight)| weight == 0.0 || never(observation))
        }
    }
}
