//! Policies as a tree of their beginnings, so that shared beginnings share their work.

use super::{Options, Policies};
use crate::model::Spec;

/// Most positions (distinct beginnings of policies) that an engine accepts.
pub(super) const MOST_POSITIONS: usize = 1 << 22;

/// A beginning of one or more policies: its parent (0 is the root, "nothing done yet") and the action it adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) parent: u32,
    pub(super) action: u32,
}

/// The tree. Position 0 is the root; parents stand before their children, earlier times before later ones.
#[derive(Clone, Debug)]
pub(super) struct Plans {
    pub(super) n_controls: usize,
    /// Distinct control vectors, row after row.
    pub(super) actions: Vec<usize>,
    pub(super) positions: Vec<Position>,
    /// For each time, the first position of that length; one more entry marks the end.
    pub(super) levels: Vec<usize>,
    /// The last position of each policy.
    pub(super) leaves: Vec<u32>,
    /// The first action of each policy.
    pub(super) firsts: Vec<u32>,
}

impl Plans {
    /// The tree of the options' policies, or why there is none.
    pub(super) fn new(spec: &Spec, options: &Options) -> Result<Self, String> {
        match &options.policies {
            Policies::All { length } => Self::all(spec, *length),
            Policies::Listed(policies) => Self::listed(spec, policies),
        }
        .map(Self::with_firsts)
    }

    fn with_firsts(mut self) -> Self {
        // The first action that led to each position.
        let mut firsts = vec![0_u32; self.positions.len()];
        for (index, position) in self.positions.iter().enumerate().skip(1) {
            firsts[index] = if position.parent == 0 { position.action } else { firsts[position.parent as usize] };
        }
        self.firsts = self.leaves.iter().map(|leaf| firsts[*leaf as usize]).collect();
        self
    }

    pub(super) fn n_actions(&self) -> usize {
        self.actions.len().checked_div(self.n_controls).unwrap_or(1)
    }

    pub(super) fn length(&self) -> usize {
        self.levels.len() - 2
    }

    /// The control values of a distinct action.
    pub(super) fn action(&self, action: usize) -> &[usize] {
        &self.actions[action * self.n_controls..(action + 1) * self.n_controls]
    }

    /// The position that `policy` has reached after `time` + 1 actions.
    pub(super) fn position(&self, policy: usize, time: usize) -> usize {
        let mut position = self.leaves[policy] as usize;
        for _ in time + 1..self.length() {
            position = self.positions[position].parent as usize;
        }
        position
    }

    fn all(spec: &Spec, length: usize) -> Result<Self, String> {
        let sizes: Vec<usize> = spec.controls.iter().map(|control| control.labels.len()).collect();
        let too_many = || format!("plans of length {length} have too many beginnings; at most {MOST_POSITIONS}");
        let n_actions = sizes.iter().try_fold(1_usize, |n, size| n.checked_mul(*size)).ok_or_else(too_many)?;
        if length == 0 {
            return Err("plans need a length of at least 1".into());
        }
        let (mut total, mut level) = (1_usize, 1_usize);
        for _ in 0..length {
            level = level.checked_mul(n_actions).ok_or_else(too_many)?;
            total = total.checked_add(level).filter(|total| *total <= MOST_POSITIONS).ok_or_else(too_many)?;
        }
        let mut plans = Self::root(sizes.len());
        for action in 0..n_actions {
            let mut rest = action;
            let start = plans.actions.len();
            plans.actions.resize(start + sizes.len(), 0);
            for (value, size) in plans.actions[start..].iter_mut().zip(&sizes).rev() {
                (*value, rest) = (rest % size, rest / size);
            }
        }
        for time in 0..length {
            for parent in plans.levels[time]..plans.levels[time + 1] {
                let children = (0..n_actions).map(|action| Position { parent: parent as u32, action: action as u32 });
                plans.positions.extend(children);
            }
            plans.levels.push(plans.positions.len());
        }
        plans.leaves = (plans.levels[length]..plans.levels[length + 1]).map(|leaf| leaf as u32).collect();
        Ok(plans)
    }

    fn listed(spec: &Spec, policies: &[Vec<Vec<usize>>]) -> Result<Self, String> {
        let length = policies.first().map_or(0, Vec::len);
        let fits = |action: &Vec<usize>| {
            action.len() == spec.controls.len()
                && action.iter().zip(&spec.controls).all(|(value, control)| *value < control.labels.len())
        };
        if length == 0 || policies.iter().any(|policy| policy.len() != length || !policy.iter().all(fits)) {
            return Err("listed plans must be non-empty, of one length, and name existing control values".into());
        }
        if policies.len().saturating_mul(length) > MOST_POSITIONS {
            return Err(format!("the listed plans have too many steps; at most {MOST_POSITIONS}"));
        }
        let mut plans = Self::root(spec.controls.len());
        let mut actions = std::collections::BTreeMap::new();
        let mut ends = vec![0_u32; policies.len()];
        for time in 0..length {
            let mut children = std::collections::BTreeMap::new();
            for (policy, end) in policies.iter().zip(&mut ends) {
                let next_action = actions.len() as u32;
                let action = *actions.entry(&policy[time]).or_insert_with(|| {
                    plans.actions.extend(&policy[time]);
                    next_action
                });
                *end = *children.entry((*end, action)).or_insert_with(|| {
                    plans.positions.push(Position { parent: *end, action });
                    plans.positions.len() as u32 - 1
                });
            }
            plans.levels.push(plans.positions.len());
        }
        plans.leaves = ends;
        Ok(plans)
    }

    fn root(n_controls: usize) -> Self {
        Self {
            n_controls,
            actions: Vec::new(),
            positions: vec![Position { parent: 0, action: 0 }],
            levels: vec![0, 1],
            leaves: Vec::new(),
            firsts: Vec::new(),
        }
    }
}
