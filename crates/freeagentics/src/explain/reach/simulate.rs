//! Runs the agent in a world that is just as its model says, to see which beliefs it really meets.

use freeagentics_inference::{
    engine::{Engine, Input},
    numerics::Random,
};

use worlds::Modelled;

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
    let mut world = Modelled::new(spec.clone());
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

/// A belief to the last bit: sums that are off by rounding are fine for the engine, but not for a prior.
fn normalised(belief: &[f64]) -> Vec<f64> {
    let sum: f64 = belief.iter().sum();
    belief.iter().map(|p| p / sum).collect()
}
