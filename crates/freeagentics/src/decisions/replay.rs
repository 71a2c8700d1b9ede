//! The same decision again, from the log.

use axiomcore::store::{Connection, Error, Result};
use freeagentics_inference::document::Reading;
use freeagentics_inference::engine::{Input, SavedError, State};
use freeagentics_inference::numerics::Digest;

use super::{StepAnswer, StepFacts};
use crate::agents;
use crate::log::{Event, Step, What, history};
use crate::models::{Compiled, Library};
use crate::runtime::Level;

/// A decision that was computed again.
#[derive(Clone, Debug)]
pub(crate) struct Explained {
    /// The answer, in the form of [`StepAnswer`].
    pub(crate) json: String,
    /// The digest in the log.
    pub(crate) recorded: Digest,
    /// The digest of what this engine makes of it.
    pub(crate) computed: Digest,
    /// The numerics that decided it.
    pub(crate) numerics: u32,
}

impl Explained {
    /// Whether it is the original, bit for bit.
    pub(crate) fn is_identical(&self) -> bool {
        self.recorded == self.computed
    }
}

/// What an agent carries after an event, as saved by the engine; nothing before the first step of an episode, unless it has
/// learnt something.
pub(crate) fn state_after(
    connection: &mut dyn Connection,
    library: &Library,
    event: &Event,
) -> Result<Option<Vec<u8>>> {
    let mut steps: Vec<Event> = Vec::new();
    let mut here = event.clone();
    let base = loop {
        let base = match &here.told.what {
            What::Created => None,
            What::Reset { .. } => {
                let compiled = library.compiled_blocking(event.workspace, event.told.model)?;
                if !compiled.engine.outlives_episodes() {
                    break None;
                }
                // There may be very many resets; one is as good as all of them.
                let before = history::first_at(connection, here.clone())?;
                steps.push(std::mem::replace(&mut here, before));
                continue;
            }
            What::Imported { state } => state.clone(),
            What::Stepped(Step { state: Some(state), .. }) => Some(state.clone()),
            What::Stepped(_) | What::Deleted => {
                let prev = history::event(connection, here.prev)?;
                steps.push(std::mem::replace(&mut here, prev));
                continue;
            }
        };
        break base;
    };
    let took_steps = steps.iter().any(|event| matches!(event.told.what, What::Stepped(_)));
    if steps.is_empty() || (base.is_none() && !took_steps) {
        return Ok(base);
    }
    let compiled = library.compiled_blocking(event.workspace, event.told.model)?;
    let mut state = restored(&compiled, base.as_deref(), here.told.step)?;
    let mut scratch = compiled.engine.scratch();
    for event in steps.iter().rev() {
        let What::Stepped(step) = &event.told.what else {
            state.reset();
            continue;
        };
        let reading = reading(step);
        let folded = compiled.engine.fold(&mut state, &input(&reading), &wide(&step.action), &mut scratch);
        folded.map_err(|error| unreadable(event.seq, &error))?;
    }
    let mut saved = Vec::new();
    compiled.engine.save(&state, &mut saved).map_err(|error| unreadable(event.seq, &error))?;
    Ok(Some(saved))
}

/// A state from what was saved.
pub(crate) fn restored(compiled: &Compiled, saved: Option<&[u8]>, steps: u64) -> Result<State> {
    let mut state = compiled.engine.start();
    restored_into(compiled, saved, steps, &mut state).map(|()| state)
}

/// What was saved once its episode is over; nothing if nothing of it goes on.
pub(crate) fn after_episode(compiled: &Compiled, saved: &[u8], steps: u64) -> Result<Option<Vec<u8>>> {
    if !compiled.engine.outlives_episodes() {
        return Ok(None);
    }
    let mut state = restored(compiled, Some(saved), steps)?;
    state.reset();
    let mut ended = Vec::new();
    compiled.engine.save(&state, &mut ended).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(Some(ended))
}

/// Whether a state has learnt more than can be learnt. Nobody brings such in any more, and no step leaves one; what earlier
/// versions have let in was not damaged here, and cannot be decided again.
pub(crate) fn is_beyond(compiled: &Compiled, saved: Option<&[u8]>) -> bool {
    saved.is_some_and(|saved| compiled.engine.load(saved) == Err(SavedError::Beyond))
}

/// As [`restored`], into a state that is there already.
pub(crate) fn restored_into(compiled: &Compiled, saved: Option<&[u8]>, steps: u64, state: &mut State) -> Result<()> {
    match saved {
        Some(saved) => compiled.engine.load_into(saved, state).map_err(|error| Error::Corrupt(error.to_string())),
        None => {
            state.restart(steps);
            Ok(())
        }
    }
}

/// Decides a step of the log again.
pub(crate) fn explain(
    connection: &mut dyn Connection,
    library: &Library,
    workspace: i64,
    event: &Event,
    level: Level,
) -> Result<Explained> {
    let What::Stepped(step) = &event.told.what else {
        return Err(Error::Corrupt(format!("event {} is no step", event.seq)));
    };
    let agent = agents::store::find_by_key(connection, workspace, event.agent)?;
    let agent = agent.ok_or_else(|| Error::Corrupt(format!("the agent of event {} is gone", event.seq)))?;
    let prev = history::event(connection, event.prev)?;
    let before = state_after(connection, library, &prev)?;
    let compiled = library.compiled_blocking(workspace, event.told.model)?;
    let mut state = restored(&compiled, before.as_deref(), prev.told.step)?;
    let mut scratch = compiled.engine.scratch();
    let reading = reading(step);
    let decision = compiled.engine.step(&mut state, &input(&reading), agent.seed, &mut scratch);
    let decision = decision.map_err(|error| unreadable(event.seq, &error))?;
    let facts = StepFacts {
        agent: &agent.name,
        step: event.told.step,
        revision: event.revision,
        episode: event.told.episode,
        recorded_at: event.told.recorded_at(),
        dry_run: false,
    };
    let json = StepAnswer::of(&compiled, &reading, &decision, facts, level).json();
    Ok(Explained {
        json: json.map_err(|error| Error::Failed(error.to_string()))?,
        recorded: Digest(step.digest),
        computed: decision.digest(),
        numerics: step.numerics,
    })
}

/// What was read when the step was taken.
pub(crate) fn reading(step: &Step) -> Reading {
    Reading {
        evidence: step.seen.iter().map(crate::log::Seen::evidence).collect(),
        executed: step.executed.as_deref().map(wide),
        elapsed: step.elapsed,
    }
}

/// The engine's input of a reading.
pub(crate) fn input(reading: &Reading) -> Input<'_> {
    Input { evidence: &reading.evidence, executed: reading.executed.as_deref(), elapsed: reading.elapsed }
}

/// Values of controls as the engine takes them.
pub(crate) fn wide(values: &[u16]) -> Vec<usize> {
    values.iter().map(|value| usize::from(*value)).collect()
}

fn unreadable(seq: u64, error: &dyn std::fmt::Display) -> Error {
    Error::Corrupt(format!("event {seq} cannot be replayed: {error}"))
}
