//! Closed-loop planning: a tree of actions, of the observations that each may bring, and of the beliefs these would leave.
//!
//! `value(u) = neg_efe(u) + discount · Σ_o p(o) V(o)`, and `V` of a belief is backed up over the values of its actions. Unlike
//! a fixed plan it knows that what is learnt will be used, and counts no information twice.
//!
//! The tree is searched deeper and deeper until it is as deep as was asked, the budget is spent, or the answer is clear; the
//! answer is that of the deepest search that was finished. Equal beliefs are one node, expanded once; nodes that an earlier
//! step has expanded are known already but are paid for all the same, so that a search spends the same, and comes to the same
//! bits, whatever was remembered.
//!
//! An agent may follow its plan for some steps before it plans anew. A plan is no more than the tree: what a belief in it is
//! worth so many steps ahead. To follow it is to search from the belief that one has come to as far as the tree still reaches,
//! which is known already and comes to the values that the plan was made of; nothing is to be kept but how long it has been
//! followed.

mod expand;
mod outcomes;
mod tree;
mod walk;

use super::Searched;
use super::beliefs::{Layout, Work};
use super::knowledge::Knowledge;
use super::outlook::Outlook;
use super::{Engine, Search};
pub(super) use tree::Tree;

/// What may be spent on a decision that is searched for.
///
/// A search that was stopped by time is the same again with the nodes that it had spent then.
pub struct Budget<'a> {
    /// Beliefs that may be expanded; at most as many as the options allow.
    pub nodes: Option<u32>,
    /// Asked before each expansion but the first: whether there is still time.
    pub go_on: &'a mut dyn FnMut() -> bool,
}

impl std::fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Budget({:?})", self.nodes)
    }
}

/// What an expansion is computed with: what is known, and the working memory of a step.
pub(super) struct Tools<'a> {
    pub(super) engine: &'a Engine,
    pub(super) knowledge: &'a Knowledge,
    pub(super) outlook: &'a mut Outlook,
    pub(super) work: &'a mut Work,
    pub(super) contraction: &'a mut [f64],
    /// What was learnt.
    pub(super) deltas: &'a [f64],
}

impl Tools<'_> {
    fn layout(&self) -> &Layout {
        &self.engine.layout
    }

    fn options(&self) -> Option<&Search> {
        self.engine.options.search.as_ref()
    }
}

/// Searches from a belief that lies so many steps into a plan that is followed; the values of the actions stand in `tree`
/// afterwards.
pub(super) fn search(
    tree: &mut Tree,
    tools: &mut Tools<'_>,
    belief: &[f64],
    followed: u32,
    budget: &mut Budget<'_>,
) -> Searched {
    let Some(options) = tools.options().cloned() else { return Searched::default() };
    let reach = options.depth.saturating_sub(followed as usize).max(1);
    tree.begin();
    let root = tree.intern(belief);
    let most = budget.nodes.map_or(options.nodes, |nodes| nodes.min(options.nodes)).max(1);
    let mut purse = walk::Purse { left: most, go_on: &mut *budget.go_on, first: true };
    let mut searched = Searched { followed, ..Searched::default() };
    for depth in 1..=reach {
        let Some(size) = walk::deepen(tree, tools, &options, root, depth, &mut purse) else { break };
        searched.depth = depth;
        searched.tree = size;
        tree.settle(root);
        if options.sure > 0.0 && tree.entropy(tools.engine) < options.sure {
            break;
        }
    }
    searched.nodes = most - purse.left;
    searched.complete = searched.depth == reach;
    searched
}
