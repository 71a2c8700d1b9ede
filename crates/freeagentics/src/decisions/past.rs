//! What an agent decided, from the log.

use axiomcore::store::{Connection, Result};
use freeagentics_inference::model::{Modality, Spec};
use freeagentics_inference::numerics::Digest;
use serde::Serialize;
use serde::ser::Serializer;
use utoipa::ToSchema;

use super::answer::action;
use super::replay::wide;
use super::{Named, answer};
use crate::log::{Event, Seen, Step, What, history};
use crate::models::Compiled;

/// A step that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastStep)]
pub(crate) struct PastStep<'a> {
    #[schema(minimum = 1)]
    step: u64,
    #[schema(minimum = 1)]
    episode: u64,
    #[schema(minimum = 1)]
    revision: u64,
    /// `step`; there may be other kinds.
    kind: &'static str,
    #[schema(format = DateTime)]
    recorded_at: String,
    #[serde(flatten)]
    told: Told<'a>,
    /// What was chosen.
    #[schema(value_type = BTreeMap<String, String>)]
    action: Named<'a, &'a str>,
    #[schema(pattern = "^[0-9a-f]{64}$")]
    digest: String,
}

/// What the agent was told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Told<'a> {
    /// What was seen: the name of a value, or the odds of each value. What was not seen is left out.
    #[schema(value_type = BTreeMap<String, Value>)]
    observation: Named<'a, SeenAs<'a>>,
    /// What was in fact executed before, if that was said.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    executed_action: Option<Named<'a, &'a str>>,
    /// Ticks since the step before.
    #[schema(minimum = 1)]
    elapsed: u32,
    /// Who gave the observation.
    principal: &'a str,
}

/// What a modality brought, by name.
#[derive(Debug)]
enum SeenAs<'a> {
    Value(&'a str),
    Odds(Named<'a, f64>),
}

impl Serialize for SeenAs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_str(value),
            Self::Odds(odds) => odds.serialize(serializer),
        }
    }
}

impl<'a> PastStep<'a> {
    /// Of an event that is a step.
    pub(crate) fn of(event: &'a Event, compiled: &'a Compiled) -> Option<Self> {
        let What::Stepped(step) = &event.told.what else { return None };
        let spec = compiled.engine.model().spec();
        Some(Self {
            step: event.told.step,
            episode: event.told.episode,
            revision: event.revision,
            kind: event.told.what.name(),
            recorded_at: event.told.recorded_at().to_string(),
            told: Told::of(event, compiled)?,
            action: action(&spec.controls, &wide(&step.action)),
            digest: Digest(step.digest).to_string(),
        })
    }
}

impl<'a> Told<'a> {
    /// Of an event that is a step.
    pub(crate) fn of(event: &'a Event, compiled: &'a Compiled) -> Option<Self> {
        let What::Stepped(step) = &event.told.what else { return None };
        let spec = compiled.engine.model().spec();
        Some(Self {
            observation: seen(spec, step),
            executed_action: step.executed.as_deref().map(|values| action(&spec.controls, &wide(values))),
            elapsed: step.elapsed,
            principal: &event.told.principal,
        })
    }
}

fn seen<'a>(spec: &'a Spec, step: &Step) -> Named<'a, SeenAs<'a>> {
    let told = |(modality, seen): (&'a Modality, &Seen)| {
        let value = match seen {
            Seen::Missing => return None,
            Seen::Index(index) => SeenAs::Value(modality.labels.get(*index as usize)?),
            Seen::Soft(odds) => SeenAs::Odds(answer::by_name(&modality.labels, odds)),
        };
        Some((modality.name.as_str(), value))
    };
    spec.modalities.iter().zip(&step.seen).filter_map(told).collect()
}

/// The steps of an agent before a step, newest first, from its last event backwards.
pub(crate) fn steps_before(
    connection: &mut dyn Connection,
    head: u64,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Event>> {
    let mut here = match before {
        None => Some(history::event(connection, head)?),
        Some(before) => history::at_step(connection, head, before.saturating_sub(1))?,
    };
    let mut steps = Vec::new();
    while let Some(event) = here.take().filter(|_| steps.len() < limit) {
        // Whatever has as many steps and is none, such as a reset, came after the step.
        let event = history::first_at(connection, event)?;
        if event.prev != 0 {
            here = Some(history::event(connection, event.prev)?);
        }
        if matches!(event.told.what, What::Stepped(_)) {
            steps.push(event);
        }
    }
    Ok(steps)
}

/// A step of an agent by its number; none if it never took that step here.
pub(crate) fn step_of(connection: &mut dyn Connection, head: u64, step: u64) -> Result<Option<Event>> {
    let Some(last) = history::at_step(connection, head, step)?.filter(|event| event.told.step == step) else {
        return Ok(None);
    };
    // The last that has as many steps may be a reset after the step.
    let first = history::first_at(connection, last)?;
    Ok(Some(first).filter(|event| matches!(event.told.what, What::Stepped(_))))
}
