//! Many agents, each in a world of its own.
//!
//! An agent, its world and their chances depend on the seed and the agent's number alone, and the results are put together
//! in the order of the numbers: on how many threads it is done changes nothing.

use freeagentics_inference::engine::{Batch, Engine, Input, StepError};
use freeagentics_inference::numerics::{Digest, Hasher, Random};

use crate::fit::Fit;
use crate::world::World;

/// The stream of chances of a world; an agent's own choices use another.
const STREAM: u32 = 1;

/// How a simulation is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Number of agents.
    pub agents: u64,
    /// Steps of each.
    pub steps: u64,
    /// What all chances follow from.
    pub seed: u64,
    /// Threads that share the work.
    pub threads: usize,
    /// What later rewards count, per step.
    pub discount: f64,
    /// Steps after which an episode ends even if the world does not end it.
    pub episode: Option<u64>,
}

/// What became of one agent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Life {
    /// The sum of the rewards.
    pub reward: f64,
    /// The same, each step discounted once more.
    pub discounted: f64,
    /// Episodes that were begun.
    pub episodes: u64,
    /// Observations that its model calls impossible.
    pub impossible: u64,
}

/// What became of all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Result {
    /// One life per agent, in order.
    pub lives: Vec<Life>,
    /// SHA-256 over everything that was done and everything it brought.
    pub digest: Digest,
}

impl Result {
    /// The mean of what `of` picks out, and how far it may be off with 95 % confidence.
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^53 agents")]
    pub fn mean(&self, of: impl Fn(&Life) -> f64) -> (f64, f64) {
        let n = self.lives.len().max(1) as f64;
        let mean = self.lives.iter().map(&of).sum::<f64>() / n;
        let variance =
            self.lives.iter().map(|life| (of(life) - mean) * (of(life) - mean)).sum::<f64>() / (n - 1.0).max(1.0);
        (mean, 1.96 * (variance / n).sqrt())
    }
}

/// Lets agents of one engine live, each in a world that `world` makes for it.
///
/// # Errors
/// The first step, in the order of the agents, that was refused.
pub fn simulate(
    engine: &Engine,
    fit: &Fit,
    world: &(dyn Fn() -> Box<dyn World> + Sync),
    settings: &Settings,
) -> std::result::Result<Result, StepError> {
    let threads = settings.threads.clamp(1, 256) as u64;
    let share = settings.agents.div_ceil(threads).max(1);
    let work = |first: u64| {
        let mut batch = engine.batch();
        let numbers = first..(first + share).min(settings.agents);
        numbers.map(|number| live(engine, fit, &mut *world(), settings, number, &mut batch)).collect::<Vec<_>>()
    };
    let shares: Vec<Vec<_>> = std::thread::scope(|scope| {
        let firsts = (0..settings.agents).step_by(usize::try_from(share).unwrap_or(usize::MAX));
        let handles: Vec<_> = firsts.map(|first| scope.spawn(move || work(first))).collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).collect()
    });
    let mut hasher = Hasher::new("freeagentics simulation 1");
    let mut lives = Vec::new();
    for outcome in shares.into_iter().flatten() {
        let (life, digest) = outcome?;
        hasher.text(&digest.to_string());
        lives.push(life);
    }
    Ok(Result { lives, digest: hasher.finish() })
}

/// The seed of an agent: different for each, and spread so that neighbours have nothing in common.
fn seed(settings: &Settings, number: u64) -> u64 {
    Random::new(settings.seed, number, u32::MAX).bits()
}

fn live(
    engine: &Engine,
    fit: &Fit,
    world: &mut dyn World,
    settings: &Settings,
    number: u64,
    batch: &mut Batch,
) -> std::result::Result<(Life, Digest), StepError> {
    let seed = seed(settings, number);
    let mut state = engine.start();
    let mut life = Life::default();
    let mut hasher = Hasher::new("freeagentics life 1");
    let (mut evidence, mut action) = (Vec::new(), Vec::new());
    let (mut weight, mut within) = (1.0, 0);
    let mut moment = world.reset(&mut Random::new(seed, 0, STREAM));
    life.episodes += 1;
    for step in 0..settings.steps {
        fit.evidence(&moment.evidence, &mut evidence);
        let decision = engine.step_shared(&mut state, &Input::new(&evidence), seed, batch)?;
        life.impossible += u64::from(decision.impossible());
        hasher.counts(decision.action());
        fit.action(decision.action(), &mut action);
        let mut random = Random::new(seed, step + 1, STREAM);
        moment = world.act(&action, &mut random);
        hasher.number(moment.reward);
        life.reward += moment.reward;
        life.discounted += weight * moment.reward;
        weight *= settings.discount;
        within += 1;
        if moment.over || settings.episode.is_some_and(|most| within >= most) {
            state.reset();
            moment = world.reset(&mut random);
            (life.episodes, within) = (life.episodes + 1, 0);
        }
    }
    let mut bytes = Vec::new();
    if engine.save(&state, &mut bytes).is_ok() {
        hasher.counts(&bytes.iter().map(|byte| usize::from(*byte)).collect::<Vec<_>>());
    }
    Ok((life, hasher.finish()))
}
