//! Runs the agent in a world that is just as its model says, to see which beliefs it really meets.

use freeagentics_inference::{
    engine::{Engine, Input},
    model::{Evidence, Spec, Table},
    numerics::Random,
};

use super::{Choice, beliefs::Belief};

/// Steps of one run; then another begins from the prior.
const STEPS: u64 = 60;

/// Simulated runs, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    /// What was believed at each step.
    pub(super) beliefs: Vec<Belief>,
    /// What was chosen at each step.
    actions: Vec<Vec<usize>>,
}

impl Runs {
    /// The share of the steps at which a choice was made.
    pub(super) fn share(&self, choice: Choice) -> f64 {
        let made = self.actions.iter().filter(|action| action.get(choice.control) == Some(&choice.value)).count();
        made as f64 / self.actions.len().max(1) as f64
    }
}

/// The random stream of the world.
const WORLD: u32 = 3;

/// Runs the agent for so many steps.
pub(super) fn runs(engine: &Engine, seed: u64, steps: usize) -> Runs {
    let spec = engine.model().spec();
    let mut runs = Runs::default();
    let (mut state, mut scratch) = (engine.start(), engine.scratch());
    let mut world = World { spec, states: Vec::new(), action: None };
    for step in 0..steps as u64 {
        let mut random = Random::new(seed, step, WORLD);
        if step % STEPS == 0 {
            state.reset();
            world.begin(&mut random);
        }
        let evidence = world.show(&mut random);
        // A world that agrees with the model shows nothing that the model refuses.
        let Ok(decision) = engine.step(&mut state, &Input::new(&evidence), seed, &mut scratch) else { break };
        runs.beliefs.push((0..spec.factors.len()).map(|factor| normalised(decision.belief(factor))).collect());
        runs.actions.push(decision.action().to_vec());
        world.go_on(decision.action(), &mut random);
    }
    runs
}

struct World<'m> {
    spec: &'m Spec,
    states: Vec<usize>,
    action: Option<Vec<usize>>,
}

impl World<'_> {
    fn begin(&mut self, random: &mut Random) {
        self.states = self.spec.priors.iter().map(|prior| random.index(prior)).collect();
        self.action = None;
    }

    fn show(&self, random: &mut Random) -> Vec<Evidence> {
        let shown = self.spec.likelihoods.iter().map(|table| {
            // What depends on an action shows nothing before the first one.
            let action = self.action.as_deref();
            let known = table.controls.is_empty() || action.is_some();
            if known { Evidence::Index(random.index(&self.column(table, action))) } else { Evidence::Missing }
        });
        shown.collect()
    }

    fn go_on(&mut self, action: &[usize], random: &mut Random) {
        let next = self.spec.transitions.iter().map(|table| random.index(&self.column(table, Some(action))));
        self.states = next.collect();
        self.action = Some(action.to_vec());
    }

    /// The column of a table at the present states and an action.
    fn column(&self, table: &Table, action: Option<&[usize]>) -> Vec<f64> {
        let mut offset = 0;
        let mut stride = 1;
        for &factor in &table.factors {
            let size = self.spec.factors.get(factor).map_or(1, |axis| axis.labels.len());
            offset = offset * size + self.states.get(factor).copied().unwrap_or(0);
            stride *= size;
        }
        for &control in &table.controls {
            let size = self.spec.controls.get(control).map_or(1, |axis| axis.labels.len());
            offset = offset * size + action.and_then(|action| action.get(control)).copied().unwrap_or(0);
            stride *= size;
        }
        table.values.iter().skip(offset).step_by(stride).copied().collect()
    }
}

/// A belief to the last bit: sums that are off by rounding are fine for the engine, but not for a prior.
fn normalised(belief: &[f64]) -> Vec<f64> {
    let sum: f64 = belief.iter().sum();
    belief.iter().map(|p| p / sum).collect()
}
