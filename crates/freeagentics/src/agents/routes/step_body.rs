//! What a step is, as it stands in a body.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::runtime::{Level, Observed, StepAsk};

/// What an agent is told at one step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewStep)]
pub(crate) struct StepBody {
    /// What was seen: for each modality of the model a value by name, a number if it has bins, or the odds of each
    /// value. What was not seen is left out.
    #[schema(value_type = BTreeMap<String, Value>)]
    pub(crate) observation: Box<RawValue>,
    /// What was in fact executed before, if it was not what the agent chose: a value, or a value for each control.
    #[schema(value_type = Option<Executed>)]
    pub(crate) executed_action: Option<Box<RawValue>>,
    /// Ticks since the step before; 1 without it.
    #[schema(minimum = 1, maximum = 10_000)]
    pub(crate) elapsed: Option<u32>,
    /// Decide, and leave everything as it is.
    #[serde(default)]
    pub(crate) dry_run: bool,
    /// How much the answer explains.
    #[serde(default)]
    pub(crate) explain: Level,
}

/// A value, or a value for each control.
#[derive(ToSchema)]
#[schema(as = ExecutedAction)]
#[serde(untagged)]
#[expect(dead_code, reason = "only described: it is read when the model is known")]
pub(crate) enum Executed {
    One(String),
    Each(std::collections::BTreeMap<String, String>),
}

impl StepBody {
    /// As the runtime takes it.
    pub(crate) fn ask(self) -> StepAsk {
        let Self { observation, executed_action, elapsed, dry_run, explain } = self;
        let observed = Observed { observation: observation.into(), executed: executed_action.map(Arc::from), elapsed };
        StepAsk { observed, dry_run, explain }
    }
}
