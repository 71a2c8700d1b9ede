//! Values backed up from so many steps ahead.

use super::super::{Backup, Search};
use super::Tools;
use super::expand::expand;
use super::tree::Tree;
use crate::numerics::{Kernels, padded};

/// How far below the worst action that is looked at one stands that is not.
const PRUNED: f64 = 512.0;

/// What is left to be spent.
pub(super) struct Purse<'a> {
    pub(super) left: u32,
    pub(super) go_on: &'a mut dyn FnMut() -> bool,
    /// The first expansion is always made, or there would be no answer.
    pub(super) first: bool,
}

impl Purse<'_> {
    /// Pays for an expansion; nothing is left to be paid with if it says no.
    fn pay(&mut self) -> bool {
        let may = self.left > 0 && (std::mem::take(&mut self.first) || (self.go_on)());
        self.left -= u32::from(may);
        may
    }
}

/// Searches from the root, so many steps ahead; the values of its actions are then under way. Returns how large the tree
/// would be were nothing shared, or nothing if the purse was too small.
pub(super) fn deepen(
    tree: &mut Tree,
    tools: &mut Tools<'_>,
    options: &Search,
    root: u32,
    depth: usize,
    purse: &mut Purse<'_>,
) -> Option<u64> {
    let mut values = std::mem::take(&mut tree.under_way);
    let size = actions(tree, tools, options, root, depth, purse, &mut values);
    tree.under_way = values;
    size
}

/// What a node is worth `depth` steps ahead, and the size of the tree below it.
fn value(
    tree: &mut Tree,
    tools: &mut Tools<'_>,
    options: &Search,
    node: u32,
    depth: usize,
    purse: &mut Purse<'_>,
) -> Option<(f64, u64)> {
    if depth == 0 {
        return Some((0.0, 1));
    }
    if let Some(worth) = tree.worth(node, depth) {
        return Some((worth.value, worth.size));
    }
    let mut values = vec![0.0; padded(tree.n_actions)];
    let size = actions(tree, tools, options, node, depth, purse, &mut values)?;
    let value = back_up(tree, tools, options, &mut values);
    let worth = tree.set_worth(node, depth, value, size);
    Some((worth.value, worth.size))
}

/// The values of a node's actions, and the size of the tree below it, itself included.
fn actions(
    tree: &mut Tree,
    tools: &mut Tools<'_>,
    options: &Search,
    node: u32,
    depth: usize,
    purse: &mut Purse<'_>,
    values: &mut [f64],
) -> Option<u64> {
    let prunes = options.prune_actions > 0.0;
    if prunes && depth > 1 {
        // What is no longer looked at was decided by the shallower search.
        value(tree, tools, options, node, depth - 1, purse)?;
    }
    if !tree.is_paid(node) {
        if !purse.pay() {
            return None;
        }
        tree.pay(node);
    }
    let first = match tree.edges_of(node) {
        Some(first) => first,
        None => expand(tree, tools, options, node),
    };
    let discount = tools.engine.options.discount;
    let (mut size, mut worst) = (1_u64, f64::INFINITY);
    for (action, worth) in values.iter_mut().enumerate().take(tree.n_actions) {
        let edge = tree.edges[first + action];
        if prunes && depth > 1 && !tree.alive[tree.marks(node, depth - 1) + action] {
            *worth = f64::NEG_INFINITY;
            continue;
        }
        let mut beyond = 0.0;
        size += 1;
        for place in edge.outcomes.0..edge.outcomes.1 {
            let (p, child) = tree.outcomes[place as usize];
            let (then, below) = value(tree, tools, options, child, depth - 1, purse)?;
            beyond += p * then;
            size = size.saturating_add(below);
        }
        *worth = edge.sums.value() + discount * beyond;
        worst = if *worth < worst { *worth } else { worst };
    }
    let dead = values[..tree.n_actions].iter_mut().filter(|value| **value == f64::NEG_INFINITY);
    dead.for_each(|value| *value = worst - PRUNED);
    if prunes {
        prune(tree, tools, options, node, depth, values);
    }
    Some(size)
}

/// Notes which actions are worth looking at beyond this depth, and sets the others back. If none is, all are.
fn prune(tree: &mut Tree, tools: &Tools<'_>, options: &Search, node: u32, depth: usize, values: &mut [f64]) {
    let n = tree.n_actions;
    let mut posterior = vec![0.0; padded(n)];
    posterior.iter_mut().zip(&values[..n]).for_each(|(to, value)| *to = tools.engine.options.gamma * value);
    tools.engine.kernels.softmax(&mut posterior, n, 0.0);
    let is_alive = |p: &f64| *p > options.prune_actions;
    let any = posterior[..n].iter().any(is_alive);
    let start = tree.marks(node, depth);
    let marks = tree.alive[start..start + n].iter_mut();
    marks.zip(&posterior).for_each(|(alive, p)| *alive = !any || is_alive(p));
    let marks = &tree.alive[start..start + n];
    let living = values[..n].iter().zip(marks).filter(|(_, alive)| **alive).map(|(value, _)| *value);
    let worst = living.fold(f64::INFINITY, |worst, value| if value < worst { value } else { worst });
    let dead = values[..n].iter_mut().zip(marks).filter(|(_, alive)| !**alive);
    dead.for_each(|(value, _)| *value = worst - PRUNED);
}

/// What a belief is worth, from the values of its actions.
fn back_up(tree: &Tree, tools: &Tools<'_>, options: &Search, values: &mut [f64]) -> f64 {
    let n = tree.n_actions;
    match options.backup {
        Backup::Best => {
            values[..n].iter().fold(f64::NEG_INFINITY, |best, value| if *value > best { *value } else { best })
        }
        Backup::Expected => {
            let mut posterior = vec![0.0; values.len()];
            posterior.iter_mut().zip(&values[..n]).for_each(|(to, value)| *to = tools.engine.options.gamma * value);
            let kernels: &Kernels = &tools.engine.kernels;
            kernels.softmax(&mut posterior, n, 0.0);
            kernels.dot(&posterior, values)
        }
    }
}
