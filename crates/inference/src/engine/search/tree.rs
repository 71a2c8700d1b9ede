//! The nodes of a search and what is known of them.

use super::super::Engine;
use super::super::intern::{Interner, hash_numbers};
use super::super::outlook::Sums;

/// Nodes that are remembered from step to step; a search may go beyond.
const MOST_REMEMBERED: usize = 1 << 15;

/// An action from a node: what it is worth by itself, and the outcomes it may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) sums: Sums,
    pub(super) outcomes: (u32, u32),
}

/// What a node is worth when one looks so many steps ahead.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Worth {
    stamp: u32,
    pub(super) value: f64,
    /// Nodes of the tree below it, were nothing shared.
    pub(super) size: u64,
}

/// All nodes, as far as they are expanded.
#[derive(Clone, Debug)]
pub(in super::super) struct Tree {
    width: usize,
    pub(super) n_actions: usize,
    depth: usize,
    rows: Vec<f64>,
    hashes: Vec<u64>,
    interner: Interner,
    /// Per node the place of its first edge, if it is expanded.
    edges_of: Vec<Option<u32>>,
    pub(super) edges: Vec<Edge>,
    /// Probability and node.
    pub(super) outcomes: Vec<(f64, u32)>,
    /// The search in which a node was last paid for, and what it is worth, per depth; stamps tell which search wrote it.
    stamp: u32,
    paid: Vec<u32>,
    worth: Vec<Worth>,
    /// Per node, depth and action: whether the action is still looked at beyond that depth.
    pub(super) alive: Vec<bool>,
    /// Values of the actions at the root, by the deepest search that was finished; and while one is under way.
    pub(in super::super) values: Vec<f64>,
    pub(in super::super) sums: Vec<Sums>,
    pub(super) under_way: Vec<f64>,
    pub(super) joint: super::outcomes::Joint,
}

impl Tree {
    pub(in super::super) fn new(engine: &Engine, depth: usize) -> Self {
        let n_actions = engine.plans.n_actions();
        Self {
            width: engine.layout.total,
            n_actions,
            depth: depth + 1,
            rows: Vec::new(),
            hashes: Vec::new(),
            interner: Interner::new(1 << 8),
            edges_of: Vec::new(),
            edges: Vec::new(),
            outcomes: Vec::new(),
            stamp: 0,
            paid: Vec::new(),
            worth: Vec::new(),
            alive: Vec::new(),
            values: vec![0.0; n_actions],
            sums: vec![Sums::default(); n_actions],
            under_way: vec![0.0; n_actions],
            joint: super::outcomes::Joint::new(engine),
        }
    }

    /// Begins a search; what is known of nodes stays, unless it is too much.
    pub(super) fn begin(&mut self) {
        if self.hashes.len() > MOST_REMEMBERED {
            self.forget();
        }
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.forget();
            self.stamp = 1;
        }
    }

    /// Forgets all nodes: what was known when they were expanded no longer holds.
    pub(in super::super) fn forget(&mut self) {
        self.rows.clear();
        self.hashes.clear();
        self.interner.begin();
        self.edges_of.clear();
        self.edges.clear();
        self.outcomes.clear();
        self.paid.clear();
        self.worth.clear();
        self.alive.clear();
    }

    pub(super) fn row(&self, node: u32) -> &[f64] {
        &self.rows[node as usize * self.width..][..self.width]
    }

    /// The node of a belief.
    pub(super) fn intern(&mut self, belief: &[f64]) -> u32 {
        let hash = hash_numbers(belief);
        let (rows, width) = (&self.rows, self.width);
        let same = |node: u32| {
            rows[node as usize * width..][..width].iter().zip(belief).all(|(a, b)| a.to_bits() == b.to_bits())
        };
        let next = self.hashes.len() as u32;
        let node = self.interner.find_or_insert(hash, next, same);
        if node == next {
            self.rows.extend(belief);
            self.hashes.push(hash);
            self.edges_of.push(None);
            self.paid.push(0);
            self.worth.resize(self.hashes.len() * self.depth, Worth::default());
            self.alive.resize(self.hashes.len() * self.depth * self.n_actions, true);
            if self.interner.is_half_full(self.hashes.len()) {
                self.interner = Interner::new(4 * self.hashes.len());
                for (node, hash) in self.hashes.iter().enumerate() {
                    self.interner.find_or_insert(*hash, node as u32, |_| false);
                }
            }
        }
        node
    }

    /// The place of a node's first edge, if it is expanded.
    pub(super) fn edges_of(&self, node: u32) -> Option<usize> {
        self.edges_of[node as usize].map(|first| first as usize)
    }

    pub(super) fn expanded(&mut self, node: u32, first: usize) {
        self.edges_of[node as usize] = Some(first as u32);
    }

    /// Whether this search has paid for a node; it has from now on.
    pub(super) fn pay(&mut self, node: u32) -> bool {
        std::mem::replace(&mut self.paid[node as usize], self.stamp) == self.stamp
    }

    pub(super) fn is_paid(&self, node: u32) -> bool {
        self.paid[node as usize] == self.stamp
    }

    fn place(&self, node: u32, depth: usize) -> usize {
        node as usize * self.depth + depth
    }

    pub(super) fn worth(&self, node: u32, depth: usize) -> Option<Worth> {
        let worth = self.worth[self.place(node, depth)];
        (worth.stamp == self.stamp).then_some(worth)
    }

    pub(super) fn set_worth(&mut self, node: u32, depth: usize, value: f64, size: u64) -> Worth {
        let place = self.place(node, depth);
        self.worth[place] = Worth { stamp: self.stamp, value, size };
        self.worth[place]
    }

    /// Where the marks of a node's actions lie.
    pub(super) fn marks(&self, node: u32, depth: usize) -> usize {
        self.place(node, depth) * self.n_actions
    }

    /// Takes over what a finished search has found at the root.
    pub(super) fn settle(&mut self, root: u32) {
        self.values.copy_from_slice(&self.under_way);
        if let Some(first) = self.edges_of(root) {
            let edges = &self.edges[first..first + self.n_actions];
            self.sums.iter_mut().zip(edges).for_each(|(sums, edge)| *sums = edge.sums);
        }
    }

    /// How undecided one is between the actions, in nats.
    pub(super) fn entropy(&self, engine: &Engine) -> f64 {
        let mut posterior = vec![0.0; crate::numerics::padded(self.n_actions)];
        let scores = posterior.iter_mut().zip(&self.values);
        scores.for_each(|(to, value)| *to = engine.options.gamma * value);
        engine.kernels.softmax(&mut posterior, self.n_actions, 0.0);
        engine.kernels.entropy(&posterior)
    }
}
