//! An event as a stream tells it.

use std::sync::Arc;

use axiomcore::store::Result;
use serde::Serialize;

use crate::decisions::{Named, action, by_label, replay};
use crate::log::{Step, Told, What};
use crate::models::{Compiled, Library};

/// What a stream says of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its place in the log; what a reader comes back with.
    pub(crate) seq: u64,
    /// `step`, `reset`, `created`, `deleted` or `imported`.
    pub(crate) kind: &'static str,
    /// As JSON.
    pub(crate) data: String,
}

#[derive(Serialize)]
struct Data<'a> {
    seq: u64,
    kind: &'static str,
    agent: &'a str,
    step: u64,
    revision: u64,
    episode: u64,
    action: Option<Named<'a, &'a str>>,
    beliefs: Option<Named<'a, Named<'a, f64>>>,
    recorded_at: String,
}

/// Tells an event; blocks when its model has not been used yet.
pub(super) fn line(
    library: &Library,
    workspace: i64,
    seq: u64,
    (agent, revision): (&str, u64),
    told: &Told,
) -> Result<Line> {
    let kind = told.what.name();
    let mut data = Data {
        seq,
        kind,
        agent,
        step: told.step,
        revision,
        episode: told.episode,
        action: None,
        beliefs: None,
        recorded_at: told.recorded_at().to_string(),
    };
    let compiled: Arc<Compiled>;
    if let What::Stepped(step) = &told.what {
        compiled = library.compiled_blocking(workspace, told.model)?;
        data.action = Some(action(&compiled.engine.model().spec().controls, &replay::wide(&step.action)));
        data.beliefs = beliefs(&compiled, step, told.step)?;
        return Ok(Line { seq, kind, data: written(&data) });
    }
    Ok(Line { seq, kind, data: written(&data) })
}

/// What was believed afterwards, if the event carries it.
fn beliefs<'a>(compiled: &'a Compiled, step: &Step, steps: u64) -> Result<Option<Named<'a, Named<'a, f64>>>> {
    let Some(saved) = &step.state else { return Ok(None) };
    let state = replay::restored(compiled, Some(saved), steps)?;
    let factors = compiled.engine.model().spec().factors.iter().enumerate();
    let believed = factors.map(|(at, axis)| {
        let odds = compiled.engine.belief(&state, at).unwrap_or_default();
        (axis.name.as_str(), by_label(axis, odds))
    });
    Ok(Some(believed.collect()))
}

fn written(data: &Data<'_>) -> String {
    // Writing numbers and texts to memory does not fail.
    serde_json::to_string(data).unwrap_or_default()
}
