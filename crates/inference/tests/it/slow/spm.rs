//! Message passing as in SPM: one factor after the other, a quarter of the way at a time. Only to be compared with; the
//! engine's own schemes are [`Scheme`](freeagentics_inference::engine::Scheme).
#![expect(clippy::disallowed_methods, reason = "what judges the engine may not be the engine's logarithm")]

use super::softmax;

/// What its logarithms and its normalised tables are kept from zero by.
const EPS: f64 = 1e-16;

/// How far a belief goes towards what the messages say.
const TAU: f64 = 0.25;

pub(crate) struct SpmWindow {
    /// Per step the likelihood of all that was seen, over joint states, the last factor fastest.
    pub(crate) likelihoods: Vec<Vec<f64>>,
    /// Per factor `[next][previous][action]`.
    pub(crate) transitions: Vec<Vec<Vec<Vec<f64>>>>,
    /// What was done and what a policy would do after each step, per factor.
    pub(crate) actions: Vec<Vec<usize>>,
    pub(crate) prior: Vec<Vec<f64>>,
    pub(crate) rounds: usize,
    /// Whether the last step of the policy is left out.
    pub(crate) is_last: bool,
}

impl SpmWindow {
    /// Beliefs about the steps, past and to come, and the free energy of the policy.
    pub(crate) fn infer(&self) -> (Vec<Vec<Vec<f64>>>, f64) {
        let steps = self.actions.len() + 1 - usize::from(self.is_last);
        let cutoff = self.actions.len() - 1;
        let uniform: Vec<Vec<f64>> =
            self.prior.iter().map(|prior| vec![1.0 / prior.len() as f64; prior.len()]).collect();
        let mut beliefs = vec![uniform; steps];
        let mut free_energy = 0.0;
        for _ in 0..self.rounds {
            free_energy = 0.0;
            for step in 0..steps {
                for factor in 0..self.prior.len() {
                    let ends = step == 0 || step + 1 == steps;
                    free_energy += self.improve(&mut beliefs, step, factor, step >= cutoff, ends);
                }
            }
        }
        (beliefs, free_energy)
    }

    /// Moves a belief a part of the way, and returns what it adds to the free energy.
    fn improve(&self, beliefs: &mut [Vec<Vec<f64>>], step: usize, factor: usize, is_late: bool, ends: bool) -> f64 {
        let before = beliefs[step][factor].clone();
        let evidence = self.evidence(&beliefs[step], step, factor);
        let past = match step.checked_sub(1) {
            None => logs(&self.prior[factor]),
            Some(last) => logs(&self.forwards(factor, self.actions[last][factor], &beliefs[last][factor])),
        };
        let future = if is_late {
            vec![0.0; before.len()]
        } else {
            logs(&self.backwards(factor, self.actions[step][factor], &beliefs[step + 1][factor]))
        };
        let weight = if is_late { 1.0 } else { 2.0 };
        let current = logs(&before);
        let error: Vec<f64> = (0..before.len())
            .map(|state| weight * evidence[state] + past[state] + future[state] - weight * current[state])
            .collect();
        let mean = error.iter().sum::<f64>() / error.len() as f64;
        let moved: Vec<f64> = current.iter().zip(&error).map(|(log, error)| log + TAU * (error - mean)).collect();
        beliefs[step][factor] = softmax(&moved);
        let others = (self.prior.len() - 1) as f64 / self.prior.len() as f64;
        let share = |state: usize| if ends { error[state] } else { error[state] - others * evidence[state] };
        before.iter().enumerate().map(|(state, q)| q * 0.5 * share(state)).sum()
    }

    /// The logarithm of the expected likelihood, the other factors being as they are believed to be.
    fn evidence(&self, belief: &[Vec<f64>], step: usize, factor: usize) -> Vec<f64> {
        let Some(likelihood) = self.likelihoods.get(step) else { return vec![0.0; belief[factor].len()] };
        let mut expected = vec![0.0; belief[factor].len()];
        let sizes: Vec<usize> = belief.iter().map(Vec::len).collect();
        for (states, p) in super::combinations(&sizes).into_iter().zip(likelihood) {
            let others = states.iter().zip(belief).enumerate().filter(|(other, _)| *other != factor);
            expected[states[factor]] += others.fold(*p, |p, (_, (state, q))| p * q[*state]);
        }
        logs(&expected)
    }

    fn forwards(&self, factor: usize, action: usize, belief: &[f64]) -> Vec<f64> {
        let into = |row: &Vec<Vec<f64>>| row.iter().zip(belief).map(|(entry, q)| entry[action] * q).sum();
        self.transitions[factor].iter().map(into).collect()
    }

    /// Each row of the transition normalised over the states before.
    fn backwards(&self, factor: usize, action: usize, after: &[f64]) -> Vec<f64> {
        let mut message = vec![0.0; after.len()];
        for (row, q) in self.transitions[factor].iter().zip(after) {
            let sum: f64 = row.iter().map(|entry| entry[action] + EPS).sum();
            message.iter_mut().zip(row).for_each(|(to, entry)| *to += (entry[action] + EPS) / sum * q);
        }
        message
    }
}

fn logs(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| (value + EPS).ln()).collect()
}
