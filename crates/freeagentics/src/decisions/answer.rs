//! The answer to a step.

use axiomcore::clock::Timestamp;
use freeagentics_inference::document::Reading;
use freeagentics_inference::engine::{Decision, Engine, Searched};
use freeagentics_inference::model::{Axis, Spec};
use serde::Serialize;
use utoipa::ToSchema;

use super::Named;
use crate::explain::amounts::without_dust;
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

/// A decision and its reasons: as far as they were asked for.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Step)]
pub(crate) struct StepAnswer<'a> {
    /// The agent's id.
    agent: &'a str,
    /// Counts from 1 and never starts again.
    #[schema(minimum = 1)]
    step: u64,
    /// Counts all that happened to the agent; the `ETag`.
    #[schema(minimum = 1)]
    revision: u64,
    /// Counts from 1; every reset begins another.
    #[schema(minimum = 1)]
    episode: u64,
    /// `name@version`.
    model: String,
    /// The chosen value of each control.
    #[schema(value_type = BTreeMap<String, String>)]
    action: Named<'a, &'a str>,
    /// SHA-256 over all that was decided: equal digests, equal bits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    digest: String,
    #[schema(format = DateTime)]
    recorded_at: String,
    /// Whether it left no trace: numbers and revision are those that it would have got.
    dry_run: bool,
    /// Set if this is the answer to an earlier request with the same idempotency key.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<bool>,
    /// The reason in plain words (`summary` and `full`, as what follows).
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The odds of each state of each factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, f64>>>)]
    beliefs: Option<Named<'a, Named<'a, f64>>>,
    /// How badly the model fits the observation, in nats.
    #[serde(skip_serializing_if = "Option::is_none")]
    free_energy: Option<f64>,
    /// How unexpected each observation was, in nats.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, f64>>)]
    surprise: Option<Named<'a, f64>>,
    /// Whether the model says that this cannot happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    impossible: Option<bool>,
    /// Every first action, by the best plan that begins with it, best first.
    #[serde(skip_serializing_if = "Option::is_none")]
    considered: Option<Vec<ActionIn<'a>>>,
    /// How far the search has come, for an agent that searches.
    #[serde(skip_serializing_if = "Option::is_none")]
    searched: Option<SearchedIn>,
    /// The odds before the observation (`full`, as what follows).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, f64>>>)]
    prior: Option<Named<'a, Named<'a, f64>>>,
    /// Probability of each first value of each control.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, f64>>>)]
    marginals: Option<Named<'a, Named<'a, f64>>>,
    /// Every plan, in the order of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    plans: Option<Vec<PlanIn<'a>>>,
}

/// What one action has going for it, in nats.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsideredAction)]
pub(crate) struct ActionIn<'a> {
    #[schema(value_type = BTreeMap<String, String>)]
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
    /// What it should teach about the model itself, for an agent that learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    teaches: Option<f64>,
    /// What it loses by leading away from the goals, for an agent that has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    leads: Option<f64>,
    /// What lies beyond it, for an agent that searches.
    #[serde(skip_serializing_if = "Option::is_none")]
    later: Option<f64>,
    /// All together.
    worth: f64,
}

/// How far a search has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Searched)]
pub(crate) struct SearchedIn {
    /// Steps that the answer looks ahead.
    depth: usize,
    /// Beliefs that were expanded: what was spent.
    nodes: u32,
    /// How large the tree would be, of actions and observations, were equal beliefs not shared.
    tree: u64,
    /// Whether it went as deep as the agent's options ask for, or as the plan that is followed still reaches.
    complete: bool,
    /// Steps since the plan was made that this step follows; 0 if it planned anew.
    followed: u32,
}

/// One plan (policy), in nats.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanIn<'a> {
    /// What it does, one action after the other.
    #[schema(value_type = Vec<BTreeMap<String, String>>)]
    actions: Vec<Named<'a, &'a str>>,
    odds: f64,
    neg_efe: f64,
    utility: f64,
    information_gain: f64,
    risk: f64,
    ambiguity: f64,
    /// What it should teach about the model itself, for an agent that learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    novelty: Option<f64>,
    /// What it loses by leading away from the goals, for an agent that has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    inductive: Option<f64>,
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
        let mut answer = Self {
            agent,
            step,
            revision,
            episode,
            model: compiled.reference(),
            action: action(&engine.model().spec().controls, decision.action()),
            digest: decision.digest().to_string(),
            recorded_at: recorded_at.to_string(),
            dry_run,
            ..Self::default()
        };
        if level != Level::None {
            answer.summarise(engine, reading, decision);
        }
        if level == Level::Full {
            answer.tell_all(engine, decision);
        }
        answer
    }

    /// As JSON.
    pub(crate) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    fn summarise(&mut self, engine: &'a Engine, reading: &Reading, decision: &Decision<'a>) {
        let spec = engine.model().spec();
        let weighing = Weighing::of(engine, decision);
        let seen = Observed::of(reading.clone()).seen(spec);
        let surprises = surprise::surprises(engine, decision, &reading.evidence, &seen);
        let modalities = spec.modalities.iter().enumerate();
        let unexpected = modalities.filter_map(|(at, axis)| Some((axis.name.as_str(), decision.surprise(at)?)));
        self.why = Some(sentence::why(engine, decision, &weighing, surprises));
        self.beliefs = Some(odds(spec, |factor| decision.belief(factor)));
        self.free_energy = Some(decision.free_energy());
        self.surprise = Some(unexpected.collect());
        self.impossible = Some(decision.impossible());
        self.considered = Some(weighing.considered.iter().map(|one| ActionIn::of(engine, one)).collect());
        self.searched = decision.searched().map(|Searched { depth, nodes, tree, complete, followed }| SearchedIn {
            depth,
            nodes,
            tree,
            complete,
            followed,
        });
    }

    fn tell_all(&mut self, engine: &'a Engine, decision: &Decision<'a>) {
        let spec = engine.model().spec();
        let marginal = |(at, axis): (usize, &'a Axis)| (axis.name.as_str(), by_label(axis, decision.marginal(at)));
        self.prior = Some(odds(spec, |factor| decision.prior(factor)));
        self.marginals = Some(spec.controls.iter().enumerate().map(marginal).collect());
        self.plans = Some((0..engine.n_policies()).map(|policy| PlanIn::of(engine, decision, policy)).collect());
    }
}

/// What an agent has that others have not; it is told of those alone.
pub(crate) struct Has {
    pub(crate) lessons: bool,
    pub(crate) goals: bool,
    pub(crate) search: bool,
}

impl Has {
    pub(crate) fn of(engine: &Engine) -> Self {
        let options = engine.options();
        let lessons = !engine.model().spec().learning.is_empty() && options.novelty;
        Self { lessons, goals: options.goal.is_some(), search: options.search.is_some() }
    }
}

impl<'a> ActionIn<'a> {
    fn of(engine: &'a Engine, one: &Considered) -> Self {
        let Considered { odds, cost, brings, tells, habit, .. } = *one;
        let [cost, brings, tells, habit, worth] = [cost, brings, tells, habit, one.net()].map(without_dust);
        let has = Has::of(engine);
        Self {
            action: action(&engine.model().spec().controls, &one.action),
            odds,
            cost,
            brings,
            tells,
            habit,
            teaches: has.lessons.then(|| without_dust(one.teaches)),
            leads: has.goals.then(|| without_dust(one.leads)),
            later: has.search.then(|| without_dust(one.later)),
            worth,
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
            novelty: Has::of(engine).lessons.then_some(split.novelty),
            inductive: Has::of(engine).goals.then_some(split.inductive),
        }
    }
}

/// The value of each control.
pub(crate) fn action<'a>(controls: &'a [Axis], values: &[usize]) -> Named<'a, &'a str> {
    controls.iter().zip(values).map(|(axis, value)| (axis.name.as_str(), label(&axis.labels, *value))).collect()
}

/// The odds of each state of each factor.
pub(crate) fn odds<'a>(spec: &'a Spec, of: impl Fn(usize) -> &'a [f64]) -> Named<'a, Named<'a, f64>> {
    let factors = spec.factors.iter().enumerate();
    factors.map(|(at, axis)| (axis.name.as_str(), by_label(axis, of(at)))).collect()
}

/// A number for each label of an axis.
pub(crate) fn by_label<'a>(axis: &'a Axis, values: &[f64]) -> Named<'a, f64> {
    by_name(&axis.labels, values)
}

/// A number for each label.
pub(crate) fn by_name<'a>(labels: &'a [String], values: &[f64]) -> Named<'a, f64> {
    labels.iter().zip(values).map(|(label, value)| (label.as_str(), *value)).collect()
}
