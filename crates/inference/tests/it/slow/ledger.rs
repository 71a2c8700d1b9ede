//! Learning as the book has it: whole tables of counts, every update written out.

use freeagentics_inference::engine::{Learns, Options};
use freeagentics_inference::model::{Evidence, Learnable, Learning, Spec, Table};
use freeagentics_inference::numerics::digamma;

use super::beliefs::ln_plus;
use super::plans::{expected_observation, policies, predict};
use super::tables::{entry, joint_states};

/// The counts of one table, `[outcome][column]`, and what the present episode will add.
struct Page {
    learning: Learning,
    prior: Vec<f64>,
    delta: Vec<f64>,
    pending: Vec<f64>,
}

/// What an agent has learnt.
pub(crate) struct Ledger {
    options: Options,
    pages: Vec<Page>,
}

/// What a step came to.
pub(crate) struct Lived<'a> {
    pub(crate) before: Option<(&'a [Vec<f64>], &'a [usize])>,
    pub(crate) one_tick: bool,
    pub(crate) belief: &'a [Vec<f64>],
    pub(crate) evidence: &'a [Evidence],
    pub(crate) preceding: &'a dyn Fn(usize) -> Option<Vec<usize>>,
    pub(crate) posterior: &'a [f64],
}

impl Ledger {
    pub(crate) fn new(spec: &Spec, options: &Options) -> Self {
        let n = policies(spec, options).len();
        let page = |learning: &Learning| {
            let table = match learning.what {
                Learnable::Likelihood(m) => spec.likelihoods[m].values.clone(),
                Learnable::Transition(f) => spec.transitions[f].values.clone(),
                Learnable::Prior(f) => spec.priors[f].clone(),
                Learnable::Habits => {
                    let habits = options.habits.clone().unwrap_or_else(|| vec![1.0; n]);
                    let sum: f64 = habits.iter().sum();
                    habits.iter().map(|weight| weight / sum).collect()
                }
            };
            let columns = learning.strength.len();
            let prior: Vec<f64> = table.iter().enumerate().map(|(at, p)| p * learning.strength[at % columns]).collect();
            let nothing = vec![0.0; prior.len()];
            Page { learning: learning.clone(), prior, delta: nothing.clone(), pending: nothing }
        };
        Self { options: options.clone(), pages: spec.learning.iter().map(page).collect() }
    }

    /// The model that the counts make, of which nothing is learnt, and the habits.
    pub(crate) fn model(&self, spec: &Spec) -> (Spec, Options) {
        let (mut spec, mut options) = (Spec { learning: Vec::new(), ..spec.clone() }, self.options.clone());
        options.goal = None;
        for page in &self.pages {
            let values = page.probabilities();
            match page.learning.what {
                Learnable::Likelihood(m) => spec.likelihoods[m].values = values,
                Learnable::Transition(f) => spec.transitions[f].values = values,
                Learnable::Prior(f) => spec.priors[f] = values,
                Learnable::Habits => options.habits = Some(values),
            }
        }
        (spec, options)
    }

    pub(crate) fn counts(&self) -> Vec<(Learnable, Vec<f64>)> {
        self.pages.iter().map(|page| (page.learning.what, page.counts())).collect()
    }

    /// What each step of a plan is expected to teach, from a belief on.
    pub(crate) fn novelty(&self, spec: &Spec, belief: &[Vec<f64>], plan: &[Vec<usize>]) -> Vec<f64> {
        let mut before = belief.to_vec();
        let step = |action: &Vec<usize>| {
            let after = predict(spec, &before, action);
            let of = |page: &Page| match page.learning.what {
                Learnable::Likelihood(m) => {
                    let seen = expected_observation(spec, m, &after, action);
                    page.taught(spec, &spec.likelihoods[m], &seen, &after, action)
                }
                Learnable::Transition(f) => page.taught(spec, &spec.transitions[f], &after[f], &before, action),
                Learnable::Prior(_) | Learnable::Habits => 0.0,
            };
            let sum = self.pages.iter().map(of).sum();
            before = after;
            sum
        };
        plan.iter().map(step).collect()
    }

    /// Begins an episode.
    pub(crate) fn begin(&mut self) {
        for page in self.pages.iter_mut().filter(|page| page.pending.iter().any(|added| *added != 0.0)) {
            let added = std::mem::replace(&mut page.pending, vec![0.0; page.prior.len()]);
            page.add(&added);
        }
    }

    pub(crate) fn learn(&mut self, spec: &Spec, lived: &Lived<'_>) {
        for page in &mut self.pages {
            let Some(added) = page.seen(spec, lived) else { continue };
            match self.options.learns {
                Learns::Online => page.add(&added),
                Learns::Episode => page.pending.iter_mut().zip(&added).for_each(|(to, added)| *to += added),
                Learns::Never => {}
            }
        }
    }
}

impl Page {
    fn counts(&self) -> Vec<f64> {
        self.prior.iter().zip(&self.delta).map(|(prior, delta)| prior + delta).collect()
    }

    fn sum(&self, column: usize) -> f64 {
        self.counts().iter().skip(column).step_by(self.learning.strength.len()).sum()
    }

    fn probabilities(&self) -> Vec<f64> {
        let columns = self.learning.strength.len();
        self.counts().iter().enumerate().map(|(at, count)| count / self.sum(at % columns)).collect()
    }

    fn add(&mut self, added: &[f64]) {
        let kept = 1.0 - self.learning.forgetting;
        self.delta.iter_mut().zip(added).for_each(|(delta, added)| *delta = *delta * kept + added);
    }

    /// `rate · outcome ⊗ Π beliefs`, where something can be counted.
    fn seen(&self, spec: &Spec, lived: &Lived<'_>) -> Option<Vec<f64>> {
        let alone = Table { factors: Vec::new(), controls: Vec::new(), values: Vec::new() };
        let (table, given, outcome, action) = match self.learning.what {
            Learnable::Likelihood(m) => {
                let action = (lived.preceding)(m)?;
                let outcome = match &lived.evidence[m] {
                    Evidence::Missing => return None,
                    Evidence::Index(seen) => {
                        (0..spec.modalities[m].labels.len()).map(|o| f64::from(u8::from(o == *seen))).collect()
                    }
                    Evidence::Soft(weights) => weights.clone(),
                };
                (&spec.likelihoods[m], lived.belief, outcome, action)
            }
            Learnable::Transition(f) => {
                let (before, action) = lived.before.filter(|_| lived.one_tick)?;
                (&spec.transitions[f], before, lived.belief[f].clone(), action.to_vec())
            }
            Learnable::Prior(f) if lived.before.is_none() => {
                (&alone, lived.belief, lived.belief[f].clone(), Vec::new())
            }
            Learnable::Prior(_) => return None,
            Learnable::Habits => (&alone, lived.belief, lived.posterior.to_vec(), Vec::new()),
        };
        let columns = self.learning.strength.len();
        let mut added = vec![0.0; self.prior.len()];
        for (states, p) in joint_states(given) {
            let place = Table { values: (0..columns).map(|column| column as f64).collect(), ..table.clone() };
            let column = entry(spec, &place, 0, &states, &action) as usize;
            for (o, weight) in outcome.iter().enumerate() {
                let at = o * columns + column;
                if self.prior[at] > 0.0 {
                    added[at] += self.learning.rate * weight * p;
                }
            }
        }
        Some(added)
    }

    /// `Σ_o p(o) Σ_s q(s) (ln S − ln a + ψ(a + 1) − ψ(S + 1))`, over what can be counted.
    fn taught(&self, spec: &Spec, table: &Table, outcome: &[f64], given: &[Vec<f64>], action: &[usize]) -> f64 {
        let columns = self.learning.strength.len();
        let weight = |(at, count): (usize, &f64)| {
            let sum = self.sum(at % columns);
            let weight = ln_plus(sum) - ln_plus(*count) + digamma(count + 1.0) - digamma(sum + 1.0);
            if *count > 0.0 { weight } else { 0.0 }
        };
        let weights = Table { values: self.counts().iter().enumerate().map(weight).collect(), ..table.clone() };
        let expected =
            |o: usize| joint_states(given).iter().map(|(s, p)| p * entry(spec, &weights, o, s, action)).sum::<f64>();
        outcome.iter().enumerate().map(|(o, p)| p * expected(o)).sum()
    }
}
