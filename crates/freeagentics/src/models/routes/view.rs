//! A model as it is answered.

use freeagentics_inference::document::Cost;
use freeagentics_inference::engine::Engine;
use freeagentics_inference::model::{Axis, Bin, Modality, Spec};
use serde::Serialize;
use utoipa::ToSchema;

use crate::models::Compiled;
use crate::models::library::{Checked, Version};

/// A version of a model, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelSummary {
    /// Its name.
    pub(super) name: String,
    /// Counts from 1 within the name.
    #[schema(minimum = 1)]
    pub(super) version: i64,
    #[serde(flatten)]
    identity: ModelIdentity,
    /// What it is about.
    description: Option<String>,
    /// When it was stored.
    #[schema(format = DateTime)]
    created_at: String,
    /// Who stored it.
    created_by: String,
}

/// What tells two models apart, whatever they are called.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelIdentity {
    /// Of the model, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    digest: String,
    /// Of the options of its agents.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    options_digest: String,
}

/// What a model is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelParts {
    /// What a step costs.
    cost: StepCost,
    /// What can be going on.
    factors: Vec<Factor>,
    /// What its agents can do.
    controls: Vec<Control>,
    /// What they can see.
    modalities: Vec<ModalityView>,
    /// How many tests the document carries.
    tests: usize,
}

/// A model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Model)]
pub(crate) struct ModelView {
    /// Its name.
    name: String,
    /// Counts from 1 within the name; null if it was only checked and not stored.
    #[schema(minimum = 1)]
    version: Option<i64>,
    #[serde(flatten)]
    identity: ModelIdentity,
    /// What it is about.
    description: Option<String>,
    /// When it was stored.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Who stored it.
    created_by: Option<String>,
    #[serde(flatten)]
    parts: ModelParts,
}

/// An estimate of what a model and one step of an agent cost.
#[derive(Debug, Serialize, ToSchema)]
struct StepCost {
    /// Number of policies.
    policies: u64,
    /// Number of distinct beginnings of policies; each is evaluated once.
    prefixes: u64,
    /// Number of entries in all tables.
    table_entries: u64,
    /// Multiply-adds of one step.
    operations: u64,
    /// Bytes of the tables and of what one step works on.
    bytes: u64,
}

/// Something that cannot be seen directly; it is in one of its states.
#[derive(Debug, Serialize, ToSchema)]
struct Factor {
    name: String,
    states: Vec<String>,
}

/// Something that an agent can set.
#[derive(Debug, Serialize, ToSchema)]
struct Control {
    name: String,
    values: Vec<String>,
}

/// A kind of signal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Modality)]
struct ModalityView {
    name: String,
    /// What it can bring.
    values: Vec<String>,
    /// For a signal that brings numbers: where each value begins and ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    bins: Option<Vec<Interval>>,
    /// The unit of those numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

/// From `low` on, up to before `high`; null where there is no end.
#[derive(Debug, Serialize, ToSchema)]
struct Interval {
    low: Option<f64>,
    high: Option<f64>,
}

impl From<&Version> for ModelSummary {
    fn from(version: &Version) -> Self {
        let Version { digest, options_digest, .. } = version;
        Self {
            name: version.name.clone(),
            version: version.version,
            identity: ModelIdentity { digest: digest.clone(), options_digest: options_digest.clone() },
            description: version.description.clone(),
            created_at: version.created_at.to_string(),
            created_by: version.created_by.clone(),
        }
    }
}

impl ModelView {
    /// Of what is stored and what it was compiled to.
    pub(super) fn of(version: &Version, compiled: &Compiled) -> Self {
        let parts = ModelParts::of(&compiled.engine, &compiled.cost, compiled.tests);
        let ModelSummary { name, version, identity, description, created_at, created_by } = version.into();
        let (created_at, created_by) = (Some(created_at), Some(created_by));
        Self { name, version: Some(version), identity, description, created_at, created_by, parts }
    }
}

/// Of a document that was only checked.
impl From<&Checked> for ModelView {
    fn from(checked: &Checked) -> Self {
        let Checked { document, engine, .. } = checked;
        let identity = ModelIdentity {
            digest: engine.model().digest().to_string(),
            options_digest: engine.options_digest().to_string(),
        };
        Self {
            name: document.name.clone(),
            version: None,
            identity,
            description: document.description.clone(),
            created_at: None,
            created_by: None,
            parts: ModelParts::of(engine, &document.cost, document.tests.len()),
        }
    }
}

impl ModelParts {
    fn of(engine: &Engine, cost: &Cost, tests: usize) -> Self {
        let Cost { policies, prefixes, table_entries, operations, bytes, .. } = *cost;
        let Spec { factors, controls, modalities, .. } = engine.model().spec();
        let factor = |Axis { name, labels }: &Axis| Factor { name: name.clone(), states: labels.clone() };
        let control = |Axis { name, labels }: &Axis| Control { name: name.clone(), values: labels.clone() };
        Self {
            cost: StepCost { policies, prefixes, table_entries, operations, bytes },
            factors: factors.iter().map(factor).collect(),
            controls: controls.iter().map(control).collect(),
            modalities: modalities.iter().map(modality).collect(),
            tests,
        }
    }
}

fn modality(Modality { name, labels, bins, unit, .. }: &Modality) -> ModalityView {
    let end = |bound: f64| Some(bound).filter(|bound| bound.is_finite());
    let interval = |Bin { low, high }: &Bin| Interval { low: end(*low), high: end(*high) };
    ModalityView {
        name: name.clone(),
        values: labels.clone(),
        bins: bins.as_ref().map(|bins| bins.iter().map(interval).collect()),
        unit: unit.clone(),
    }
}
