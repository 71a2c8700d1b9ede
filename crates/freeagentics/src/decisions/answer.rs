//! The answer to a step.

use axiomcore::clock::Timestamp;
use freeagentics_inference::document::Reading;
use freeagentics_inference::engine::{Decision, Engine};
use freeagentics_inference::model::{Axis, Spec};
use serde::Serialize;

use super::Named;
use crate::explain::names::label;
use crate::explain::weighing::{Considered, Weighing};
use crate::explain::{sentence, surprise};
use crate::models::Compiled;
use crate::recording::Observed;
use crate::runtime::Level;

/// What the platform knows of a step beside the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepFacts<'a> {
    pub(crate) agent: &'a str,
    pub(crate) step: u64,
    pub(crate) revision: u64,
    pub(crate) episode: u64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) dry_run: bool,
}

/// A decision and its reasons.
#[derive(Debug, Serialize)]
pub(crate) struct StepAnswer<'a> {
    agent: &'a str,
    /// Counts from 1 and never starts again.
    step: u64,
    /// Counts all that happened to the agent; the `ETag`.
    revision: u64,
    /// Counts from 1; every reset begins another.
    episode: u64,
    /// `name@version`.
    model: String,
    /// The chosen value of each control.
    action: Named<'a, &'a str>,
    /// SHA-256 over all that was decided: equal digests, equal bits.
    digest: String,
    recorded_at: String,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    summary: Option<Summary<'a>>,
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    full: Option<Full<'a>>,
}

/// Why.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    /// The reason in plain words.
    why: String,
    /// The odds of each state of each factor.
    beliefs: Named<'a, Named<'a, f64>>,
    /// How badly the model fits the observation, in nats.
    free_energy: f64,
    /// How unexpected each observation was, in nats.
    surprise: Named<'a, f64>,
    /// Whether the model says that this cannot happen.
    impossible: bool,
    /// Every first action, by the best plan that begins with it, best first.
    considered: Vec<ActionIn<'a>>,
}

/// What one action has going for it, in nats.
#[derive(Debug, Serialize)]
pub(crate) struct ActionIn<'a> {
    action: Named<'a, &'a str>,
    /// Probability of all plans that begin so.
    odds: f64,
    /// What the plan's actions cost by themselves.
    cost: f64,
    /// What it should bring by where it leads.
    brings: f64,
    /// What its looks are worth.
    tells: f64,
    /// What habit adds.
    habit: f64,
    /// All together.
    worth: f64,
}

/// Everything that was weighed.
#[derive(Debug, Serialize)]
struct Full<'a> {
    /// The odds before the observation.
    prior: Named<'a, Named<'a, f64>>,
    /// Probability of each first value of each control.
    marginals: Named<'a, Named<'a, f64>>,
    /// Every plan, in the order of the model.
    plans: Vec<PlanIn<'a>>,
}

/// One plan (policy), in nats.
#[derive(Debug, Serialize)]
pub(crate) struct PlanIn<'a> {
    actions: Vec<Named<'a, &'a str>>,
    odds: f64,
    neg_efe: f64,
    utility: f64,
    information_gain: f64,
    risk: f64,
    ambiguity: f64,
}

impl<'a> StepAnswer<'a> {
    /// Tells a decision as far as `level` says.
    pub(crate) fn of(
        compiled: &'a Compiled,
        reading: &Reading,
        decision: &Decision<'a>,
        facts: StepFacts<'a>,
        level: Level,
    ) -> Self {
        let StepFacts { agent, step, revision, episode, recorded_at, dry_run } = facts;
        let engine = &compiled.engine;
        Self {
            agent,
            step,
            revision,
            episode,
            model: compiled.reference(),
            action: action(&engine.model().spec().controls, decision.action()),
            digest: decision.digest().to_string(),
            recorded_at: recorded_at.to_string(),
            dry_run,
            summary: (level != Level::None).then(|| Summary::of(engine, reading, decision)),
            full: (level == Level::Full).then(|| Full::of(engine, decision)),
        }
    }

    /// As JSON.
    pub(crate) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

impl<'a> Summary<'a> {
    fn of(engine: &'a Engine, reading: &Reading, decision: &Decision<'a>) -> Self {
        let spec = engine.model().spec();
        let weighing = Weighing::of(engine, decision);
        let seen = Observed::of(reading.clone()).seen(spec);
        let surprises = surprise::surprises(engine, decision, &reading.evidence, &seen);
        let modalities = spec.modalities.iter().enumerate();
        Self {
            why: sentence::why(engine, decision, &weighing, surprises),
            beliefs: odds(spec, |factor| decision.belief(factor)),
            free_energy: decision.free_energy(),
            surprise: modalities.filter_map(|(at, axis)| Some((axis.name.as_str(), decision.surprise(at)?))).collect(),
            impossible: decision.impossible(),
            considered: weighing.considered.iter().map(|one| ActionIn::of(&spec.controls, one)).collect(),
        }
    }
}

impl<'a> ActionIn<'a> {
    fn of(controls: &'a [Axis], one: &Considered) -> Self {
        let Considered { odds, cost, brings, tells, habit, .. } = *one;
        Self { action: action(controls, &one.action), odds, cost, brings, tells, habit, worth: one.net() }
    }
}

impl<'a> Full<'a> {
    fn of(engine: &'a Engine, decision: &Decision<'a>) -> Self {
        let spec = engine.model().spec();
        let controls = spec.controls.iter().enumerate();
        Self {
            prior: odds(spec, |factor| decision.prior(factor)),
            marginals: controls.map(|(at, axis)| (axis.name.as_str(), by_label(axis, decision.marginal(at)))).collect(),
            plans: (0..engine.n_policies()).map(|policy| PlanIn::of(engine, decision, policy)).collect(),
        }
    }
}

impl<'a> PlanIn<'a> {
    fn of(engine: &'a Engine, decision: &Decision<'a>, policy: usize) -> Self {
        let (split, controls) = (decision.split(policy), &engine.model().spec().controls);
        let times = 0..engine.policy_len();
        let at = |values: &[f64]| values.get(policy).copied().unwrap_or(f64::NAN);
        Self {
            actions: times.map(|time| action(controls, engine.policy_action(policy, time))).collect(),
            odds: at(decision.posterior()),
            neg_efe: at(decision.neg_efe()),
            utility: split.utility,
            information_gain: split.information_gain,
            risk: split.risk,
            ambiguity: split.ambiguity,
        }
    }
}

/// The value of each control.
pub(crate) fn action<'a>(controls: &'a [Axis], values: &[usize]) -> Named<'a, &'a str> {
    controls.iter().zip(values).map(|(axis, value)| (axis.name.as_str(), label(&axis.labels, *value))).collect()
}

fn odds<'a>(spec: &'a Spec, of: impl Fn(usize) -> &'a [f64]) -> Named<'a, Named<'a, f64>> {
    let factors = spec.factors.iter().enumerate();
    factors.map(|(at, axis)| (axis.name.as_str(), by_label(axis, of(at)))).collect()
}

/// A number for each label of an axis.
pub(crate) fn by_label<'a>(axis: &'a Axis, values: &[f64]) -> Named<'a, f64> {
    axis.labels.iter().zip(values).map(|(label, value)| (label.as_str(), *value)).collect()
}
