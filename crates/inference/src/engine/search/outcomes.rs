//! What may be observed after an action, how probable it is, and what would then be believed.

use super::super::beliefs::update;
use super::super::{Engine, Search};
use super::Tools;
use super::tree::Tree;
use crate::model::{Evidence, Learnable};

/// Joint states up to which the probability of several observations together is exact; beyond, modalities count as
/// independent of each other given the prediction.
const MOST_JOINT_STATES: usize = 1 << 16;

/// Working memory for outcomes.
#[derive(Clone, Debug)]
pub(super) struct Joint {
    /// What is predicted, laid out like a belief.
    pub(super) predicted: Vec<f64>,
    belief: Vec<f64>,
    evidence: Vec<Evidence>,
    /// Joint states that are possible, per modality the column of its table in each, and per modality how probable each
    /// state is together with what the modalities before it show.
    states: Vec<usize>,
    columns: Vec<Vec<usize>>,
    weights: Vec<Vec<f64>>,
}

impl Joint {
    pub(super) fn new(engine: &Engine) -> Self {
        let modalities = engine.model.spec().modalities.len();
        Self {
            predicted: vec![0.0; engine.layout.total],
            belief: vec![0.0; engine.layout.total],
            evidence: vec![Evidence::Missing; modalities],
            states: Vec::new(),
            columns: vec![Vec::new(); modalities],
            weights: vec![Vec::new(); modalities + 1],
        }
    }
}

/// Appends the outcomes of an action to those of the tree; what is predicted stands in its working memory.
pub(super) fn outcomes(tree: &mut Tree, tools: &mut Tools<'_>, options: &Search, action: usize) {
    let mut joint = std::mem::replace(&mut tree.joint, Joint::nothing());
    let sizes = &tools.layout().sizes;
    let n_states = sizes.iter().fold(1_usize, |product, size| product.saturating_mul(*size));
    if n_states <= MOST_JOINT_STATES {
        support(&mut joint, tools, action);
        observe(tree, tools, options, &mut joint, action, 0);
    } else {
        observe_apart(tree, tools, options, &mut joint, action, 0, 1.0);
    }
    tree.joint = joint;
}

impl Joint {
    /// Stands in the place of one that is in use.
    fn nothing() -> Self {
        Self {
            predicted: Vec::new(),
            belief: Vec::new(),
            evidence: Vec::new(),
            states: Vec::new(),
            columns: Vec::new(),
            weights: Vec::new(),
        }
    }
}

/// The joint states that are possible, and where the tables stand in each.
fn support(joint: &mut Joint, tools: &Tools<'_>, action: usize) {
    let layout = tools.layout();
    let spec = tools.engine.model.spec();
    joint.states.clear();
    joint.states.push(0);
    let mut weights = std::mem::take(&mut joint.weights[0]);
    weights.clear();
    weights.push(1.0);
    for (factor, size) in layout.sizes.iter().enumerate() {
        let belief = &joint.predicted[layout.range(factor)][..*size];
        let before = joint.states.len();
        for at in 0..before {
            let (state, weight) = (joint.states[at], weights[at]);
            for (index, p) in belief.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                joint.states.push(state * size + index);
                weights.push(weight * p);
            }
        }
        joint.states.drain(..before);
        weights.drain(..before);
    }
    joint.weights[0] = weights;
    let action = tools.engine.plans.action(action);
    for (table, columns) in spec.likelihoods.iter().zip(&mut joint.columns) {
        columns.clear();
        columns.extend(joint.states.iter().map(|state| {
            let digit = |factor: usize| {
                let inner: usize = layout.sizes[factor + 1..].iter().product();
                state / inner % layout.sizes[factor]
            };
            let column = table.factors.iter().fold(0, |column, f| column * layout.sizes[*f] + digit(*f));
            table.controls.iter().fold(column, |column, c| column * spec.controls[*c].labels.len() + action[*c])
        }));
    }
}

/// Goes through the observations of a modality and of those behind it.
fn observe(
    tree: &mut Tree,
    tools: &mut Tools<'_>,
    options: &Search,
    joint: &mut Joint,
    action: usize,
    modality: usize,
) {
    if modality == joint.columns.len() {
        let p = joint.weights[modality].iter().sum();
        return arrive(tree, tools, joint, action, p);
    }
    let engine = tools.engine;
    let outcomes = engine.model.spec().modalities[modality].labels.len();
    for observation in 0..outcomes {
        let (before, after) = joint.weights.split_at_mut(modality + 1);
        let next = &mut after[0];
        next.clear();
        let columns = &joint.columns[modality];
        let likely = |column: usize| likelihood(tools, modality, observation, column);
        next.extend(before[modality].iter().zip(columns).map(|(weight, column)| weight * likely(*column)));
        if next.iter().sum::<f64>() > options.prune_outcomes {
            joint.evidence[modality] = Evidence::Index(observation);
            observe(tree, tools, options, joint, action, modality + 1);
        }
    }
}

/// The entry of a likelihood, as it was learnt.
fn likelihood(tools: &Tools<'_>, modality: usize, observation: usize, column: usize) -> f64 {
    let engine = tools.engine;
    if let Some(lesson) = engine.lessons.about(Learnable::Likelihood(modality)) {
        return lesson.probability(tools.deltas, column, observation);
    }
    let spec = engine.model.spec();
    let table = &spec.likelihoods[modality];
    let columns = table.values.len() / spec.modalities[modality].labels.len();
    table.values[observation * columns + column]
}

/// As [`observe`], each modality by what it shows alone.
fn observe_apart(
    tree: &mut Tree,
    tools: &mut Tools<'_>,
    options: &Search,
    joint: &mut Joint,
    action: usize,
    modality: usize,
    p: f64,
) {
    if modality == joint.columns.len() {
        return arrive(tree, tools, joint, action, p);
    }
    let engine = tools.engine;
    let outcomes = engine.model.spec().modalities[modality].labels.len();
    let table = &tools.knowledge.terms.observed[modality].table;
    let slice = &table.slices[table.combination(engine.plans.action(action))];
    let mut shown = vec![0.0; slice.width()];
    let belief = |factor: usize| &joint.predicted[engine.layout.range(factor)];
    slice.apply(&engine.kernels, belief, tools.contraction, &mut shown);
    for (observation, likely) in shown[..outcomes].iter().enumerate() {
        if p * likely > options.prune_outcomes {
            joint.evidence[modality] = Evidence::Index(observation);
            observe_apart(tree, tools, options, joint, action, modality + 1, p * likely);
        }
    }
}

/// Adds the outcome whose evidence is gathered.
fn arrive(tree: &mut Tree, tools: &mut Tools<'_>, joint: &mut Joint, action: usize, p: f64) {
    let engine = tools.engine;
    let action = engine.plans.action(action);
    let likelihoods = &tools.knowledge.likelihoods;
    likelihoods.accumulate(&engine.kernels, &joint.evidence, |_| Some(action), &mut tools.work.evidence);
    update(&engine.kernels, &engine.layout, likelihoods, &joint.predicted, &mut joint.belief, tools.work);
    let child = tree.intern(&joint.belief);
    tree.outcomes.push((p, child));
}
