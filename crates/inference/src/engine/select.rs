//! The policy posterior and the choice of an action.

use super::{Choice, Engine, Mode};
use crate::numerics::{Random, ln_floor, padded};

/// The stream of an agent's random numbers that chooses actions.
const STREAM: u32 = 0;

/// What is known once the policies are weighed.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// `q(π)`, padded.
    pub(super) posterior: Vec<f64>,
    /// Negative expected free energy of each policy.
    pub(super) neg_efe: Vec<f64>,
    /// The first policy with the most posterior mass.
    pub(super) best: usize,
    /// Chosen value per control.
    pub(super) action: Vec<usize>,
    /// Posterior mass of each first value, control after control, each padded.
    pub(super) marginals: Vec<f64>,
    /// Working memory for a sampled choice.
    sharpened: Vec<f64>,
}

impl Selection {
    pub(super) fn new(engine: &Engine) -> Self {
        let n = engine.n_policies();
        let values = engine.model.spec().controls.iter().map(|control| padded(control.labels.len()));
        let (marginals, widest) = values.fold((0, padded(n)), |(sum, widest), n| (sum + n, widest.max(n)));
        Self {
            posterior: vec![0.0; padded(n)],
            neg_efe: vec![0.0; n],
            best: 0,
            action: vec![0; engine.plans.n_controls],
            marginals: vec![0.0; marginals],
            sharpened: vec![0.0; widest],
        }
    }

    /// The marginal over the first values of `control`.
    pub(super) fn marginal(&self, engine: &Engine, control: usize) -> &[f64] {
        let (start, size) = marginal_place(engine, control);
        &self.marginals[start..start + size]
    }

    /// `q(π) = softmax(γ · neg_efe + ln⁺ E)` and the action it leads to.
    pub(super) fn select(
        &mut self,
        engine: &Engine,
        log_habits: Option<&[f64]>,
        neg_efe_of: &[f64],
        seed: u64,
        step: u64,
    ) {
        for (to, leaf) in self.neg_efe.iter_mut().zip(&engine.plans.leaves) {
            *to = neg_efe_of[*leaf as usize];
        }
        let gamma = engine.options.gamma;
        self.posterior.iter_mut().zip(&self.neg_efe).for_each(|(to, neg_efe)| *to = gamma * neg_efe);
        if let Some(habits) = log_habits {
            self.posterior.iter_mut().zip(habits).for_each(|(to, habit)| *to += habit);
        }
        engine.kernels.softmax(&mut self.posterior, engine.n_policies(), 0.0);
        self.best = first_maximum(&self.posterior[..engine.n_policies()]);
        self.marginalise(engine);
        self.draw(engine, seed, step);
    }

    /// Chooses once more from the same posterior, for another agent or step.
    pub(super) fn choose(&mut self, engine: &Engine, seed: u64, step: u64) {
        if engine.options.choice == Choice::Sampled {
            self.draw(engine, seed, step);
        }
    }

    fn draw(&mut self, engine: &Engine, seed: u64, step: u64) {
        let mut random = Random::new(seed, step, STREAM);
        match engine.options.mode {
            Mode::Full => self.choose_policy(engine, &mut random),
            Mode::Marginal => self.choose_values(engine, &mut random),
        }
    }

    /// Adds up the posterior by first value, policy after policy.
    fn marginalise(&mut self, engine: &Engine) {
        self.marginals.fill(0.0);
        let mut start = 0;
        for (control, axis) in engine.model.spec().controls.iter().enumerate() {
            // Policies that begin alike stand together for the most part: what is added up stays at hand.
            let (mut at, mut sum) = (start, 0.0);
            for (p, first) in self.posterior.iter().zip(&engine.plans.firsts) {
                let place = start + engine.plans.action(*first as usize)[control];
                if place != at {
                    self.marginals[at] = sum;
                    (at, sum) = (place, self.marginals[place]);
                }
                sum += p;
            }
            self.marginals[at] = sum;
            start += padded(axis.labels.len());
        }
    }

    fn choose_policy(&mut self, engine: &Engine, random: &mut Random) {
        let n = engine.n_policies();
        let policy = match engine.options.choice {
            Choice::Deterministic => self.best,
            Choice::Sampled => {
                let place = 0..padded(n);
                sample(engine, &self.posterior[place.clone()], &mut self.sharpened[place], n, random)
            }
        };
        self.action.copy_from_slice(engine.policy_action(policy, 0));
    }

    fn choose_values(&mut self, engine: &Engine, random: &mut Random) {
        for control in 0..self.action.len() {
            let (start, size) = marginal_place(engine, control);
            let marginal = &self.marginals[start..start + padded(size)];
            self.action[control] = match engine.options.choice {
                Choice::Deterministic => first_maximum(&marginal[..size]),
                Choice::Sampled => sample(engine, marginal, &mut self.sharpened[..padded(size)], size, random),
            };
        }
    }
}

fn marginal_place(engine: &Engine, control: usize) -> (usize, usize) {
    let mut sizes = engine.model.spec().controls.iter().map(|control| control.labels.len());
    let start = sizes.clone().take(control).map(padded).sum();
    (start, sizes.nth(control).unwrap_or(0))
}

/// A draw from `softmax(α ln⁺ p)`.
fn sample(engine: &Engine, p: &[f64], sharpened: &mut [f64], n: usize, random: &mut Random) -> usize {
    let alpha = engine.options.alpha;
    sharpened.iter_mut().zip(p).for_each(|(to, p)| *to = alpha * ln_floor(*p));
    engine.kernels.softmax(sharpened, n, 0.0);
    random.index(&sharpened[..n])
}

fn first_maximum(values: &[f64]) -> usize {
    let greater = |a: f64, b: &f64| if *b > a { *b } else { a };
    let (eights, rest) = values.as_chunks::<8>();
    let mut largest = [f64::NEG_INFINITY; 8];
    for eight in eights {
        largest.iter_mut().zip(eight).for_each(|(most, value)| *most = greater(*most, value));
    }
    let most = largest.iter().chain(rest).fold(f64::NEG_INFINITY, greater);
    values.iter().position(|value| *value == most).unwrap_or_default()
}
