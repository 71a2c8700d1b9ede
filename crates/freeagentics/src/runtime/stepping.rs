//! One step of one agent: from what was written to an event and an answer.

use std::sync::{Arc, Weak};

use axiomcore::clock::Timestamp;
use freeagentics_inference::document::{PatchOp, Problems, Reading};
use freeagentics_inference::engine::{Decision, Input, Scratch, State, StepError};
use freeagentics_inference::numerics::VERSION;

use super::hot::Hot;
use super::window::{self, KeyHash};
use super::{Level, Observed, Refused};
use crate::decisions::{StepAnswer, StepFacts};
use crate::log::event::Plan;
use crate::log::{Seen, Step};
use crate::models::Compiled;

/// The working memory of a thread for a model. It does not keep the model: one that has made room for others takes its
/// seats along.
pub(super) struct Seat {
    compiled: Weak<Compiled>,
    state: State,
    scratch: Scratch,
    /// The saved state after a step.
    saved: Vec<u8>,
}

/// What a step is about, beside the agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<'a> {
    pub(super) agent: &'a str,
    pub(super) now: Timestamp,
    pub(super) dry_run: bool,
    pub(super) explain: Level,
    pub(super) key: Option<KeyHash>,
}

/// A step that was computed and is not on disk yet.
#[derive(Debug)]
pub(super) struct Stepped {
    /// When it was decided: what the answer says and what the log says.
    pub(super) at: Timestamp,
    pub(super) json: String,
    /// Whether what was seen could not be, as the model has it.
    pub(super) impossible: bool,
    pub(super) step: Step,
    /// The agent's own part of its saved state.
    pub(super) state: Box<[u8]>,
}

/// So many plans are in the compact explanation.
const PLANS: usize = 3;

/// A state up to this size is in every event; of a larger one only every [`APART`]th event has it, and one after so many
/// ticks that nobody should have to fold them again.
const SMALL: usize = 1024;

/// How far apart events with large states are: so many at most are folded to read a cold agent.
pub(crate) const APART: u64 = 16;

impl Seat {
    pub(super) fn new(compiled: &Arc<Compiled>) -> Self {
        let (state, scratch) = (compiled.engine.start(), compiled.engine.scratch());
        Self { compiled: Arc::downgrade(compiled), state, scratch, saved: Vec::new() }
    }

    /// Its model, if that is still there.
    pub(super) fn compiled(&self) -> Option<Arc<Compiled>> {
        self.compiled.upgrade().inspect(|compiled| compiled.touch())
    }

    /// Whether its model is still there.
    pub(super) fn is_live(&self) -> bool {
        self.compiled.strong_count() > 0
    }

    /// Decides, and leaves `hot` as it is.
    pub(super) fn step(
        &mut self,
        compiled: &Compiled,
        hot: &Hot<'_>,
        reading: &Reading,
        circumstances: Circumstances<'_>,
    ) -> Result<Stepped, Refused> {
        let Self { state, scratch, saved, .. } = self;
        let engine = &compiled.engine;
        match hot.state {
            Some(own) => engine.load_own(own, hot.step, state).map_err(internal)?,
            None => state.restart(hot.step),
        }
        let input =
            Input { evidence: &reading.evidence, executed: reading.executed.as_deref(), elapsed: reading.elapsed };
        let decision = engine.step(state, &input, hot.seed, scratch).map_err(refused)?;
        let Circumstances { agent, now, dry_run, explain, key } = circumstances;
        let facts = StepFacts {
            agent,
            step: hot.step + 1,
            revision: hot.revision + 1,
            episode: hot.episode,
            recorded_at: now,
            dry_run,
        };
        let json = StepAnswer::of(compiled, reading, &decision, facts, explain).json();
        let impossible = decision.impossible();
        let mut step = written(reading, &decision, key.map(|key| (key, asked(reading))));
        engine.save(state, saved).map_err(internal)?;
        let own = engine.own_part(saved, hot.step + 1).map_err(internal)?.into();
        let is_long = u64::from(reading.elapsed) > APART;
        if saved.len() <= SMALL || is_long || (hot.step + 1).is_multiple_of(APART) {
            step.state = Some(saved.clone());
        }
        Ok(Stepped { at: now, json: json.map_err(internal)?, impossible, step, state: own })
    }
}

/// What was seen, read for a model.
pub(super) fn read(compiled: &Compiled, observed: &Observed) -> Result<Reading, Refused> {
    let seen = observed.observation.get();
    let Some((first, rest)) = seen.trim_start().split_at_checked(1).filter(|(first, _)| *first == "{") else {
        return compiled.observations.read(seen).map_err(located);
    };
    if observed.executed.is_none() && observed.elapsed.is_none() {
        return compiled.observations.read(seen).map_err(located);
    }
    let mut text = String::with_capacity(seen.len() + 64);
    text.push_str(first);
    if let Some(executed) = &observed.executed {
        text.push_str("\"executed\":");
        text.push_str(executed.get());
    }
    if let Some(elapsed) = observed.elapsed {
        text.push_str(if text.len() > 1 { ",\"elapsed\":" } else { "\"elapsed\":" });
        text.push_str(&elapsed.to_string());
    }
    if !rest.trim_start().starts_with('}') {
        text.push(',');
    }
    text.push_str(rest);
    compiled.observations.read(&text).map_err(located)
}

/// Places in the text that was read become places in the request.
fn located(mut problems: Problems) -> Refused {
    for problem in &mut problems.problems {
        let patched = problem.patch.iter_mut().flatten().flat_map(PatchOp::places);
        for pointer in patched.chain(&mut problem.also).chain([&mut problem.pointer]) {
            *pointer = match pointer.strip_prefix("/executed") {
                Some(rest) => format!("/executed_action{rest}"),
                None if pointer.starts_with("/elapsed") => continue,
                None => format!("/observation{pointer}"),
            };
        }
        // Lines and columns count in a text that nobody has seen.
        (problem.line, problem.column) = (None, None);
    }
    Refused::Observation(Arc::new(problems))
}

/// The hash of what was asked: the same observation written otherwise is the same.
pub(super) fn asked(reading: &Reading) -> KeyHash {
    let seen: Vec<Seen> = reading.evidence.iter().map(Seen::of).collect();
    // Writing to memory does not fail.
    let bytes = postcard::to_stdvec(&(seen, &reading.executed, reading.elapsed)).unwrap_or_default();
    window::hash(&[&bytes])
}

/// What should not happen, whatever was asked.
fn internal(error: impl std::fmt::Display) -> Refused {
    Refused::Internal(error.to_string())
}

fn refused(error: StepError) -> Refused {
    match error {
        StepError::Impossible { free_energy } => Refused::Impossible(free_energy),
        other => Refused::Internal(other.to_string()),
    }
}

fn written(reading: &Reading, decision: &Decision<'_>, key: Option<(KeyHash, KeyHash)>) -> Step {
    Step {
        seen: reading.evidence.iter().map(Seen::of).collect(),
        executed: reading.executed.as_deref().map(narrow),
        elapsed: reading.elapsed,
        action: narrow(decision.action()),
        numerics: VERSION,
        digest: decision.digest().0,
        key,
        plans: best_plans(decision),
        state: None,
    }
}

fn best_plans(decision: &Decision<'_>) -> Vec<Plan> {
    let mut best: Vec<(usize, f64)> = Vec::with_capacity(PLANS + 1);
    for (policy, odds) in decision.posterior().iter().enumerate() {
        if best.len() == PLANS && best.last().is_some_and(|(_, least)| least >= odds) {
            continue;
        }
        let at = best.partition_point(|(_, other)| other >= odds);
        best.insert(at, (policy, *odds));
        best.truncate(PLANS);
    }
    let plan = |(policy, odds): (usize, f64)| {
        let split = decision.split(policy);
        Plan {
            policy: u32::try_from(policy).unwrap_or(u32::MAX),
            odds: odds as f32,
            utility: split.utility as f32,
            information_gain: split.information_gain as f32,
        }
    };
    best.into_iter().map(plan).collect()
}

/// Values of controls are fewer than 4,096 by the limits of documents.
fn narrow(values: &[usize]) -> Vec<u16> {
    values.iter().map(|value| u16::try_from(*value).unwrap_or(u16::MAX)).collect()
}
