//! The closed-loop search of the reference, as it goes: nothing shared, and what is pruned stays pruned.

use freeagentics_inference::model::{Evidence, Spec};

use super::beliefs::{Seen, infer, softmax};
use super::plans::{expected_observation, predict, worth};
use super::tables::{combinations, sizes};

/// What an action is worth that is no longer looked at.
const PRUNED: f64 = -512.0;

/// When an action that turns out not to be worth a deeper look stops to count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pruned {
    /// With the next deeper search, as in the reference: in the one that found it, it counts like any other.
    Afterwards,
    /// At once, as in the engine.
    AtOnce,
}

pub(crate) struct SlowSearch<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) gamma: f64,
    pub(crate) prune_actions: f64,
    pub(crate) prune_outcomes: f64,
    pub(crate) pruned: Pruned,
}

/// A node with all that was found below it.
pub(crate) struct Looked {
    pub(crate) value: f64,
    pub(crate) posterior: Vec<f64>,
    /// Nodes of actions and of observations that are kept, this one among them.
    pub(crate) nodes: u64,
    alive: Vec<bool>,
}

/// An action by itself, and what may follow: how probable, and what is then believed.
struct Action {
    worth: f64,
    outcomes: Vec<(f64, Vec<Vec<f64>>)>,
}

impl SlowSearch<'_> {
    /// What is found from a belief on, so many steps deep.
    pub(crate) fn look(&self, belief: &[Vec<f64>], depth: usize) -> Looked {
        let actions: Vec<Action> =
            combinations(&sizes(&self.spec.controls)).iter().map(|action| self.act(belief, action)).collect();
        let alone = softmax(&actions.iter().map(|action| self.gamma * action.worth).collect::<Vec<_>>());
        let mut looked = Looked {
            value: 0.0,
            nodes: 1,
            alive: alone.iter().map(|p| *p > self.prune_actions).collect(),
            posterior: alone,
        };
        for depth in 1..=depth {
            looked = self.deepen(&actions, &looked.alive, depth);
        }
        looked
    }

    fn act(&self, belief: &[Vec<f64>], action: &[usize]) -> Action {
        let split = worth(self.spec, belief, &[action.to_vec()])[0];
        let predicted = predict(self.spec, belief, action);
        let shown: Vec<Vec<f64>> = (0..self.spec.modalities.len())
            .map(|modality| expected_observation(self.spec, modality, &predicted, action))
            .collect();
        let outcomes = combinations(&sizes_of(&shown)).into_iter().filter_map(|seen| {
            // The modalities count as if they were independent of each other.
            let p = seen.iter().zip(&shown).map(|(o, shown)| shown[*o]).product::<f64>();
            let evidence: Vec<Evidence> = seen.into_iter().map(Evidence::Index).collect();
            let seen = Seen { spec: self.spec, evidence: &evidence, preceding: Some(action.to_vec()) };
            (p > self.prune_outcomes).then(|| (p, infer(&seen, &predicted, 0.0)))
        });
        Action { worth: split.utility + split.information_gain, outcomes: outcomes.collect() }
    }

    /// The search one step deeper than the one that has left these actions alive.
    fn deepen(&self, actions: &[Action], alive: &[bool], depth: usize) -> Looked {
        let mut nodes = vec![0; actions.len()];
        let mut values = vec![PRUNED; actions.len()];
        for (index, action) in actions.iter().enumerate().filter(|(index, _)| alive[*index]) {
            let then = action.outcomes.iter().map(|(p, belief)| {
                let below = self.look(belief, depth - 1);
                nodes[index] += below.nodes;
                p * below.value
            });
            values[index] = action.worth + then.sum::<f64>();
            nodes[index] += 1;
        }
        let chosen = |values: &[f64]| softmax(&values.iter().map(|value| self.gamma * value).collect::<Vec<_>>());
        let mut posterior = chosen(&values);
        let keeps: Vec<bool> =
            posterior.iter().zip(alive).map(|(p, alive)| *alive && *p >= self.prune_actions).collect();
        if self.pruned == Pruned::AtOnce {
            values.iter_mut().zip(&keeps).filter(|(_, keeps)| !**keeps).for_each(|(value, _)| *value = PRUNED);
            posterior = chosen(&values);
        }
        Looked {
            value: posterior.iter().zip(&values).map(|(p, value)| p * value).sum(),
            nodes: 1 + nodes.iter().zip(&keeps).filter(|(_, keeps)| **keeps).map(|(nodes, _)| nodes).sum::<u64>(),
            posterior,
            alive: keeps,
        }
    }
}

fn sizes_of(shown: &[Vec<f64>]) -> Vec<usize> {
    shown.iter().map(Vec::len).collect()
}
