//! One step: prediction, evidence, beliefs, plans, action.

use super::beliefs::{self, Layout, Work};
use super::knowledge::Knowledge;
use super::learning::{Learnt, Seen};
use super::outlook::Outlook;
use super::search::{self, Tools, Tree};
use super::select::Selection;
use super::sequence::View;
use super::tables::Slice;
use super::{Budget, Decision, Engine, Impossible, Input, Learns, Searched, State};
use crate::model::{Evidence, Learnable};
use crate::numerics::{EPS, ln};

/// Most ticks that may lie between two steps.
pub const MOST_ELAPSED: u32 = 10_000;

/// How far a soft observation may be from summing to 1.
const TOLERANCE: f64 = 1e-9;

/// Joint states up to which an unlikely observation is checked exactly for being impossible.
const MOST_JOINT_STATES: usize = 1 << 16;

/// Why a step was refused; the agent stays as it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StepError {
    /// The state belongs to an agent of another model, or the working memory to another engine.
    #[error("the {0} belongs to another engine")]
    Foreign(&'static str),
    /// Not one piece of evidence per modality.
    #[error("{found} observations were given; the model has {expected} modalities")]
    Modalities {
        /// Modalities of the model.
        expected: usize,
        /// Pieces of evidence given.
        found: usize,
    },
    /// An observation outside the modality's labels, or a soft one that is no distribution.
    #[error("the observation of modality {modality} does not fit: {problem}")]
    Observation {
        /// Index of the modality.
        modality: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// An executed (or replayed) action does not name one existing value per control.
    #[error("an action must give one existing value for each control")]
    Executed,
    /// Too many ticks.
    #[error("{0} ticks elapsed; at most {MOST_ELAPSED} can be predicted at once, reset the agent instead")]
    Elapsed(u32),
    /// The model says this cannot happen, and the agent's options refuse it.
    #[error("the model says that this observation cannot happen (free energy {free_energy:.1} nats)")]
    Impossible {
        /// Free energy in nats.
        free_energy: f64,
    },
}

/// Working memory and result of a step.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// Marks the engine it was made for.
    engine: u64,
    pub(super) prior: Vec<f64>,
    pub(super) belief: Vec<f64>,
    pub(super) free_energy: f64,
    pub(super) impossible: bool,
    /// Whether an action preceded the observation.
    pub(super) acted: bool,
    /// Steps since the plan was made that this step follows; 0 if it makes its own.
    pub(super) followed: u32,
    /// The action that held in the last tick before it.
    pub(super) preceding: Vec<usize>,
    pub(super) outlook: Outlook,
    pub(super) selection: Selection,
    work: Work,
    contraction: Vec<f64>,
    /// What the last agent knew, if agents of this engine learn.
    pub(super) learnt: Option<Box<Learnt>>,
    /// Nodes of the search, for agents that search.
    tree: Option<Box<Tree>>,
    pub(super) searched: Searched,
}

impl Scratch {
    pub(super) fn new(engine: &Engine) -> Self {
        let total = engine.layout.total;
        let knowledge = &engine.knowledge;
        let learns = engine.lessons.total > 0;
        let slices = knowledge.transitions.iter().flat_map(|table| &table.slices);
        Self {
            engine: engine.mark,
            prior: vec![0.0; total],
            belief: vec![0.0; total],
            free_energy: 0.0,
            impossible: false,
            acted: false,
            followed: 0,
            preceding: vec![0; engine.plans.n_controls],
            outlook: Outlook::new(engine.program(knowledge)),
            selection: Selection::new(engine),
            work: Work::new(&engine.layout, &knowledge.likelihoods),
            contraction: vec![0.0; slices.map(Slice::scratch).max().unwrap_or(0)],
            tree: engine.options.search.as_ref().map(|search| Box::new(Tree::new(engine, search.depth))),
            searched: Searched::default(),
            learnt: learns.then(|| Box::new(Learnt::new(knowledge.clone(), &engine.lessons, &engine.layout))),
        }
    }

    /// About how many numbers it takes.
    pub(super) fn numbers(&self) -> usize {
        self.outlook.numbers() + self.selection.posterior.len() * 3 + self.prior.len() * 8 + self.contraction.len()
    }

    /// The control vector that preceded the observation of a modality.
    pub(super) fn preceding<'a>(&'a self, engine: &'a Engine, modality: usize) -> Option<&'a [usize]> {
        if self.acted { Some(&self.preceding) } else { engine.initial[modality].as_deref() }
    }

    /// Probability of each observation of a modality under the prior; `None` if the modality was ignored.
    pub(super) fn expected<'a>(&'a self, engine: &'a Engine, modality: usize) -> Option<impl Fn(usize) -> f64 + 'a> {
        let spec = engine.model.spec();
        let table = spec.likelihoods.get(modality)?;
        let action = self.preceding(engine, modality);
        if action.is_none() && engine.knowledge.likelihoods.depends_on_action(modality) {
            return None;
        }
        let lesson = engine.lessons.about(Learnable::Likelihood(modality)).zip(self.learnt.as_deref());
        let controls = table.controls.iter().map(|c| spec.controls[*c].labels.len());
        let combinations: usize = controls.clone().product();
        let combination = table
            .controls
            .iter()
            .zip(controls)
            .fold(0, |sum, (control, size)| sum * size + action.map_or(0, |action| action[*control]));
        let columns: usize = table.factors.iter().map(|f| spec.factors[*f].labels.len()).product();
        Some(move |observation: usize| {
            let row = observation * columns;
            (0..columns)
                .map(|column| {
                    let mut rest = column;
                    let p = match lesson {
                        Some((lesson, learnt)) => {
                            lesson.probability(&learnt.deltas, column * combinations + combination, observation)
                        }
                        None => table.values[(row + column) * combinations + combination],
                    };
                    table.factors.iter().rev().fold(p, |p, factor| {
                        let size = spec.factors[*factor].labels.len();
                        let state = rest % size;
                        rest /= size;
                        p * self.prior[engine.layout.range(*factor)][state]
                    })
                })
                .sum()
        })
    }
}

impl Engine {
    /// Takes one step: predicts, weighs the evidence, evaluates the plans, chooses an action, and moves `state` on.
    ///
    /// `seed` keys the agent's random choices together with its step count. Nothing is allocated.
    ///
    /// # Errors
    /// If the input does not fit the model, or is impossible under it and the options refuse that. `state` is then
    /// unchanged.
    pub fn step<'a>(
        &'a self,
        state: &mut State,
        input: &Input<'a>,
        seed: u64,
        scratch: &'a mut Scratch,
    ) -> Result<Decision<'a>, StepError> {
        self.step_within(state, input, seed, scratch, &mut Budget { nodes: None, go_on: &mut || true })
    }

    /// As [`Engine::step`], with a budget for an agent that searches. What was spent is part of the decision.
    ///
    /// # Errors
    /// As [`Engine::step`].
    pub fn step_within<'a>(
        &'a self,
        state: &mut State,
        input: &Input<'a>,
        seed: u64,
        scratch: &'a mut Scratch,
        budget: &mut Budget<'_>,
    ) -> Result<Decision<'a>, StepError> {
        let view = self.perceive(state, input, scratch)?;
        self.weigh_plans(scratch, seed, state.steps, budget);
        self.learn(state, input, scratch, view);
        state.advance(&scratch.belief, &scratch.selection.action, scratch.followed);
        Ok(Decision { engine: self, scratch, input: *input })
    }

    /// Evaluates the plans, or searches, and chooses.
    fn weigh_plans(&self, scratch: &mut Scratch, seed: u64, step: u64, budget: &mut Budget<'_>) {
        let Scratch { outlook, selection, learnt, belief, tree, work, contraction, searched, followed, .. } = scratch;
        let knowledge = learnt.as_deref().map_or(&self.knowledge, |learnt| &learnt.knowledge);
        if let Some(tree) = tree {
            let deltas = learnt.as_deref().map_or(&[][..], |learnt| &learnt.deltas);
            let tools = &mut Tools { engine: self, knowledge, outlook, work, contraction, deltas };
            *searched = search::search(tree, tools, belief, *followed, budget);
            for (index, position) in self.plans.positions.iter().enumerate().skip(1) {
                let action = position.action as usize;
                outlook.replace(index, tree.values[action], tree.sums[action]);
            }
        } else {
            outlook.evaluate(self.program(knowledge), belief);
        }
        selection.select(self, knowledge.log_habits.as_deref(), outlook.neg_efe_of(), seed, step);
    }

    /// Moves `state` over a step that was decided before: the beliefs follow from the input, the action that was then
    /// `chosen` is taken over, and no plan is weighed, unless the agent learns habits from that. The state is the same, bit for
    /// bit, as after the original step.
    ///
    /// # Errors
    /// As [`Engine::step`]; also if `chosen` does not name one existing value per control.
    pub fn fold(
        &self,
        state: &mut State,
        input: &Input<'_>,
        chosen: &[usize],
        scratch: &mut Scratch,
    ) -> Result<(), StepError> {
        self.check_action(chosen)?;
        let view = self.perceive(state, input, scratch)?;
        if self.lessons.habits {
            self.weigh_plans(scratch, 0, state.steps, &mut Budget { nodes: None, go_on: &mut || true });
        }
        self.learn(state, input, scratch, view);
        state.advance(&scratch.belief, chosen, scratch.followed);
        Ok(())
    }

    /// Moves only the belief on, by the tables that the working memory has at hand; `prior` stands in for the one that begins an episode.
    pub(super) fn filter(
        &self,
        state: &mut State,
        input: &Input<'_>,
        prior: Option<&[Vec<f64>]>,
        scratch: &mut Scratch,
    ) {
        let learnt = scratch.learnt.take();
        let knowledge = learnt.as_deref().map_or(&self.knowledge, |learnt| &learnt.knowledge);
        self.predict(knowledge, state, input, scratch);
        for (factor, prior) in prior.into_iter().flatten().enumerate() {
            scratch.prior[self.layout.range(factor)][..prior.len()].copy_from_slice(prior);
        }
        self.weigh(knowledge, input.evidence, scratch);
        scratch.learnt = learnt;
        let action = state.action.clone();
        state.advance(&scratch.belief, input.executed.unwrap_or(&action), 0);
    }

    /// Counts what the step has shown, as far as something is learnt from it. An observation that cannot happen says
    /// nothing about how often it does, and a transition over several ticks is none of those that are counted.
    fn learn(&self, state: &mut State, input: &Input<'_>, scratch: &Scratch, view: Option<View>) {
        if !state.begun {
            self.lessons.settle(&mut state.deltas, &state.pending);
            state.pending.fill(0.0);
        }
        if self.options.look_back.is_some() {
            return self.keep_past(state, view, scratch);
        }
        if self.lessons.total == 0 || self.options.learns == Learns::Never || scratch.impossible {
            return;
        }
        let before = std::mem::take(&mut state.belief);
        let seen = Seen {
            layout: &self.layout,
            moved: (state.begun && input.elapsed == 1).then_some((&before, &scratch.preceding)),
            belief: &scratch.belief,
            evidence: input.evidence,
            posterior: Some(&scratch.selection.posterior),
            first: !state.begun,
        };
        let indifferent = |modality: usize| !self.knowledge.likelihoods.depends_on_action(modality);
        self.lessons.count(state, &seen, |modality| match scratch.preceding(self, modality) {
            None if indifferent(modality) => Some(&[]),
            preceding => preceding,
        });
        state.belief = before;
    }

    /// What is believed now. A state whose window ends here is changed by what that teaches, if the step is not refused;
    /// what an agent sees that looks back is returned.
    fn perceive(&self, state: &mut State, input: &Input<'_>, scratch: &mut Scratch) -> Result<Option<View>, StepError> {
        let ended = self.past_ended(state, input);
        self.believe(ended.as_ref().unwrap_or(state), input, scratch)?;
        if let Some(ended) = ended {
            *state = ended;
        }
        Ok(self.look_back(state, input, scratch))
    }

    fn believe(&self, state: &State, input: &Input<'_>, scratch: &mut Scratch) -> Result<(), StepError> {
        if state.model != self.model_mark || state.deltas.len() != self.lessons.total {
            return Err(StepError::Foreign("state"));
        }
        if scratch.engine != self.mark {
            return Err(StepError::Foreign("working memory"));
        }
        self.check_input(input)?;
        // Out of the working memory while the rest of it is written.
        let mut learnt = scratch.learnt.take();
        if let Some(learnt) = &mut learnt {
            let changed = learnt.become_that_of(&self.lessons, &self.layout, state);
            scratch.tree.iter_mut().filter(|_| changed).for_each(|tree| tree.forget());
        }
        let knowledge = learnt.as_deref().map_or(&self.knowledge, |learnt| &learnt.knowledge);
        self.predict(knowledge, state, input, scratch);
        self.weigh(knowledge, input.evidence, scratch);
        scratch.learnt = learnt;
        scratch.impossible = self.is_impossible(input.evidence, scratch);
        if scratch.impossible && self.options.impossible == Impossible::Refuse {
            return Err(StepError::Impossible { free_energy: scratch.free_energy });
        }
        scratch.followed = self.followed(state, input, scratch.free_energy);
        Ok(())
    }

    pub(super) fn check_input(&self, input: &Input<'_>) -> Result<(), StepError> {
        let spec = self.model.spec();
        let (expected, found) = (spec.modalities.len(), input.evidence.len());
        if expected != found {
            return Err(StepError::Modalities { expected, found });
        }
        for (modality, (axis, evidence)) in spec.modalities.iter().zip(input.evidence).enumerate() {
            let problem = match evidence {
                Evidence::Index(observation) if *observation >= axis.labels.len() => "there is no such observation",
                Evidence::Soft(weights) if weights.len() != axis.labels.len() => "it needs one weight per observation",
                Evidence::Soft(weights) if !is_distribution(weights) => "its weights are not a distribution",
                _ => continue,
            };
            return Err(StepError::Observation { modality, problem });
        }
        input.executed.map_or(Ok(()), |executed| self.check_action(executed))?;
        if input.elapsed > MOST_ELAPSED { Err(StepError::Elapsed(input.elapsed)) } else { Ok(()) }
    }

    /// How long the plan has been followed once this step is taken; 0 where it is made anew: when it has been followed for as
    /// long as it is good for, when something came that surprises, and when time went by of which it does not speak.
    fn followed(&self, state: &State, input: &Input<'_>, free_energy: f64) -> u32 {
        let Some(search) = &self.options.search else { return 0 };
        let next = state.followed.saturating_add(1);
        let surprised = search.surprise > 0.0 && free_energy > search.surprise;
        if state.begun && input.elapsed == 1 && next < search.every && !surprised { next } else { 0 }
    }

    fn check_action(&self, action: &[usize]) -> Result<(), StepError> {
        let controls = &self.model.spec().controls;
        let fits = action.len() == controls.len()
            && action.iter().zip(controls).all(|(value, control)| *value < control.labels.len());
        if fits { Ok(()) } else { Err(StepError::Executed) }
    }

    /// The prior of this step: D, or what the executed action and the ticks since have made of the last belief.
    fn predict(&self, knowledge: &Knowledge, state: &State, input: &Input<'_>, scratch: &mut Scratch) {
        scratch.acted = state.begun;
        if !state.begun {
            scratch.prior.copy_from_slice(&knowledge.prior);
            return;
        }
        scratch.prior.copy_from_slice(&state.belief);
        scratch.preceding.copy_from_slice(input.executed.unwrap_or(&state.action));
        for tick in 0..input.elapsed {
            if let (true, Some(idle)) = (tick > 0, &self.options.idle) {
                scratch.preceding.copy_from_slice(idle);
            }
            // The belief of this step is not there yet: its place serves for the state before the tick.
            std::mem::swap(&mut scratch.prior, &mut scratch.belief);
            for (factor, table) in knowledge.transitions.iter().enumerate() {
                let slice = &table.slices[table.combination(&scratch.preceding)];
                let belief = |f: usize| &scratch.belief[self.layout.range(f)];
                let out = &mut scratch.prior[self.layout.range(factor)];
                slice.apply(&self.kernels, belief, &mut scratch.contraction, out);
            }
        }
    }

    fn weigh(&self, knowledge: &Knowledge, evidence: &[Evidence], scratch: &mut Scratch) {
        let (acted, preceding) = (scratch.acted, &scratch.preceding);
        let action = |modality: usize| if acted { Some(&preceding[..]) } else { self.initial[modality].as_deref() };
        knowledge.likelihoods.accumulate(&self.kernels, evidence, action, &mut scratch.work.evidence);
        scratch.free_energy = beliefs::update(
            &self.kernels,
            &self.layout,
            &knowledge.likelihoods,
            &scratch.prior,
            &mut scratch.belief,
            &mut scratch.work,
        );
    }

    /// Whether no joint state that was thought possible could have brought the evidence. Only an observation that fits
    /// as badly as a floored zero is looked at. A soft observation says that one of its outcomes was seen: it is possible
    /// if any of them is.
    fn is_impossible(&self, evidence: &[Evidence], scratch: &Scratch) -> bool {
        if scratch.free_energy < self.unlikely {
            return false;
        }
        let joint = joint_states(&self.layout);
        if joint > MOST_JOINT_STATES {
            return (0..evidence.len()).any(|modality| self.modality_is_impossible(modality, evidence, scratch));
        }
        (0..joint).all(|state| !self.state_explains(state, evidence, scratch))
    }

    fn modality_is_impossible(&self, modality: usize, evidence: &[Evidence], scratch: &Scratch) -> bool {
        let Some(expected) = scratch.expected(self, modality) else { return false };
        match &evidence[modality] {
            Evidence::Missing => false,
            Evidence::Index(observation) => expected(*observation) == 0.0,
            Evidence::Soft(weights) => weights.iter().enumerate().all(|(o, weight)| weight * expected(o) == 0.0),
        }
    }

    fn state_explains(&self, joint: usize, evidence: &[Evidence], scratch: &Scratch) -> bool {
        let mut rest = joint;
        for (factor, size) in self.layout.sizes.iter().enumerate().rev() {
            if scratch.prior[self.layout.range(factor)][rest % size] == 0.0 {
                return false;
            }
            rest /= size;
        }
        let acted = |modality: usize| scratch.preceding(self, modality);
        evidence.iter().enumerate().all(|(modality, evidence)| {
            let possible = |o: usize| self.likelihood(modality, o, joint, acted(modality)) != Some(0.0);
            match evidence {
                Evidence::Missing => true,
                Evidence::Index(observation) => possible(*observation),
                Evidence::Soft(weights) => weights.iter().enumerate().any(|(o, weight)| *weight > 0.0 && possible(o)),
            }
        })
    }

    /// An entry of a likelihood at a joint state; `None` if it depends on an action and none is known.
    fn likelihood(&self, modality: usize, observation: usize, joint: usize, action: Option<&[usize]>) -> Option<f64> {
        let spec = self.model.spec();
        let table = &spec.likelihoods[modality];
        if action.is_none() && self.knowledge.likelihoods.depends_on_action(modality) {
            return None;
        }
        let mut index = observation;
        for factor in &table.factors {
            let inner: usize = self.layout.sizes[factor + 1..].iter().product();
            index = index * self.layout.sizes[*factor] + joint / inner % self.layout.sizes[*factor];
        }
        for control in &table.controls {
            index = index * spec.controls[*control].labels.len() + action.map_or(0, |action| action[*control]);
        }
        table.values.get(index).copied()
    }
}

fn joint_states(layout: &Layout) -> usize {
    layout.sizes.iter().fold(1_usize, |product, size| product.saturating_mul(*size))
}

/// The free energy that an observation has at least which fits as badly as a floored zero.
pub(super) fn unlikely(layout: &Layout) -> f64 {
    -ln(EPS) - ln(joint_states(layout) as f64) - 1e-6
}

pub(super) fn is_distribution(weights: &[f64]) -> bool {
    let sum: f64 = weights.iter().sum();
    weights.iter().all(|weight| *weight >= 0.0) && (sum - 1.0).abs() <= TOLERANCE
}
