//! A node, its actions, and what each may bring.

use super::super::Search;
use super::Tools;
use super::outcomes::outcomes;
use super::tree::{Edge, Tree};

/// Expands a node, and returns the place of its first edge.
pub(super) fn expand(tree: &mut Tree, tools: &mut Tools<'_>, options: &Search, node: u32) -> usize {
    let program = tools.engine.program(tools.knowledge);
    tools.outlook.evaluate(program, tree.row(node));
    let first = tree.edges.len();
    let n_actions = tree.n_actions;
    // Plans of one step: the positions behind the root are the actions, in the order of their first use.
    for action in 0..n_actions {
        let position = tools.engine.plans.positions.iter().skip(1).position(|p| p.action as usize == action);
        let position = position.map_or(1, |position| position + 1);
        tree.edges.push(Edge { sums: tools.outlook.sums(program, position), outcomes: (0, 0) });
        tools.outlook.predicted(tools.layout(), position, &mut tree.joint.predicted);
        let start = tree.outcomes.len() as u32;
        outcomes(tree, tools, options, action);
        tree.edges[first + action].outcomes = (start, tree.outcomes.len() as u32);
    }
    tree.expanded(node, first);
    first
}
