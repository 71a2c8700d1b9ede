//! The tree of plans, walked once.
//!
//! Equal things are computed once: a belief over one factor that was predicted before (bit for bit) keeps its number, a
//! combination of such beliefs is a *node*, and the step from a node by an action is an *edge*. All of it is forgotten at the
//! next decision; nothing is allocated.

use std::cmp::Ordering;

use super::super::beliefs::Layout;
use super::super::intern::{Interner, Memo, hash_numbers, hash_numbers_of_things};
use super::super::partials::Partials;
use super::super::tables::{Compiled, Slice};
use super::super::terms::{Kind, Observed};
use super::{Program, Sums};
use crate::model::Moment;

#[derive(Clone, Copy, Debug, Default)]
struct Edge {
    child: u32,
    sums: Sums,
}

/// Distinct beliefs over one factor.
#[derive(Clone, Debug)]
struct Beliefs {
    width: usize,
    rows: Vec<f64>,
    count: usize,
    interner: Interner,
    /// For each belief its state, if it is certain of one and was made as such; and the number of each such belief by state.
    /// Where one leads for certain needs no computing.
    point_of: Vec<Option<u32>>,
    points: Memo<u32>,
    /// Prediction by (combination of controls, number of the only belief it depends on).
    predicted: Memo<u32>,
    partials: Partials,
}

impl Beliefs {
    fn row(&self, number: u32) -> &[f64] {
        row(&self.rows, self.width, number)
    }

    /// The number of the belief that stands in the first free row.
    fn intern(&mut self) -> u32 {
        let (known, new) = self.rows.split_at(self.count * self.width);
        let new = &new[..self.width];
        let same =
            |number: u32| row(known, self.width, number).iter().zip(new).all(|(a, b)| a.to_bits() == b.to_bits());
        let number = self.interner.find_or_insert(hash_numbers(new), self.count as u32, same);
        if number as usize == self.count {
            self.point_of[self.count] = None;
            self.count += 1;
        }
        number
    }

    /// The number of the belief that is certain of a state.
    fn point(&mut self, state: u32) -> u32 {
        if let Some(number) = self.points.get(state as usize) {
            return number;
        }
        let number = self.count as u32;
        let row = &mut self.rows[self.count * self.width..][..self.width];
        row.fill(0.0);
        row[state as usize] = 1.0;
        self.point_of[self.count] = Some(state);
        self.points.set(state as usize, number);
        self.count += 1;
        number
    }

    fn begin(&mut self, belief: &[f64]) -> u32 {
        self.count = 0;
        self.interner.begin();
        self.points.begin();
        self.predicted.begin();
        self.partials.begin();
        if let Some(state) = certain_state(belief) {
            return self.point(state);
        }
        self.rows[..self.width].copy_from_slice(belief);
        self.intern()
    }
}

/// The only state that is possible, if it is so for certain.
fn certain_state(belief: &[f64]) -> Option<u32> {
    let possible = belief.iter().map(|p| u32::from(*p != 0.0)).sum::<u32>();
    (possible == 1).then(|| belief.iter().position(|p| *p == 1.0)).flatten().map(|state| state as u32)
}

fn row(rows: &[f64], width: usize, number: u32) -> &[f64] {
    &rows[number as usize * width..(number as usize + 1) * width]
}

/// Working memory and result of the walk.
#[derive(Clone, Debug)]
pub(in super::super) struct Walk {
    beliefs: Vec<Beliefs>,
    /// Numbers of the beliefs that make up each node.
    nodes: Vec<u32>,
    n_nodes: usize,
    node_interner: Interner,
    node_sums: Memo<Sums>,
    edges: Memo<Edge>,
    /// Sums of each observed modality by (combination, number of the only belief it depends on).
    observed: Vec<Memo<Sums>>,
    /// Half-contracted tables of the observed modalities and of the scalar terms.
    observed_partials: Vec<Partials>,
    scalar_partials: Vec<Partials>,
    change_partials: Vec<Partials>,
    /// What each state is worth on the way to the goals, laid out like a belief.
    pull: Vec<f64>,
    candidate: Vec<u32>,
    out: Vec<f64>,
    /// Node, sums of the last step, and negative expected free energy so far, for each position.
    node_of: Vec<u32>,
    pub(super) sums_of: Vec<Sums>,
    pub(super) neg_efe_of: Vec<f64>,
}

impl Walk {
    pub(super) fn new(program: Program<'_>) -> Self {
        let positions = program.plans.positions.len();
        let interior = program.plans.levels[program.plans.length()];
        let most = most_beliefs(program);
        let keys = |table: &Compiled| {
            let numbers = table.slices.iter().map(|slice| slice.dependencies.first().map_or(1, |d| most[d.factor]));
            table.slices.len() * numbers.max().unwrap_or(1)
        };
        let partials = |table: &Compiled| Partials::new(table, &most, positions);
        let beliefs = program.transitions.iter().enumerate().map(|(factor, table)| {
            let width = program.layout.range(factor).len();
            Beliefs {
                width,
                rows: vec![0.0; (most[factor] + 1) * width],
                count: 0,
                interner: Interner::new(most[factor] + 1),
                point_of: vec![None; most[factor] + 1],
                points: Memo::new(width),
                predicted: Memo::new(keys(table)),
                partials: partials(table),
            }
        });
        let tables = || {
            let observed = program.terms.observed.iter().map(|observed| &observed.table);
            let scalars = program.terms.scalars.iter().map(|scalar| &scalar.table);
            let changes = program.terms.changes.iter().map(|change| &change.table);
            program.transitions.iter().chain(observed).chain(scalars).chain(changes)
        };
        Self {
            beliefs: beliefs.collect(),
            nodes: vec![0; positions * program.layout.len()],
            n_nodes: 0,
            node_interner: Interner::new(positions),
            node_sums: Memo::new(positions),
            edges: Memo::new(interior.max(1) * program.plans.n_actions()),
            observed: program.terms.observed.iter().map(|observed| Memo::new(keys(&observed.table))).collect(),
            observed_partials: program.terms.observed.iter().map(|observed| partials(&observed.table)).collect(),
            scalar_partials: program.terms.scalars.iter().map(|scalar| partials(&scalar.table)).collect(),
            change_partials: program.terms.changes.iter().map(|change| partials(&change.table)).collect(),
            pull: vec![0.0; program.layout.total],
            candidate: vec![0; program.layout.len()],
            out: vec![0.0; tables().flat_map(|table| &table.slices).map(Slice::width).max().unwrap_or(0)],
            node_of: vec![0; positions],
            sums_of: vec![Sums::default(); positions],
            neg_efe_of: vec![0.0; positions],
        }
    }

    /// Evaluates every position of the plans from a belief.
    pub(super) fn evaluate(&mut self, program: Program<'_>, belief: &[f64]) {
        self.begin(program, belief);
        let mut weight = 1.0;
        let timed = program.terms.observed.iter().any(|observed| !observed.timed.is_empty());
        for (time, level) in program.plans.levels.windows(2).skip(1).enumerate() {
            for index in level[0]..level[1] {
                let position = program.plans.positions[index];
                let parent = position.parent as usize;
                let mut edge = self.edge(program, self.node_of[parent], position.action);
                if timed {
                    edge.sums.utility += self.timed_utility(program, edge.child, position.action, time);
                }
                self.node_of[index] = edge.child;
                self.sums_of[index] = edge.sums;
                self.neg_efe_of[index] = self.neg_efe_of[parent] + weight * edge.sums.value();
            }
            weight *= program.discount;
        }
    }

    /// About how many numbers it takes.
    pub(super) fn numbers(&self) -> usize {
        let partials = self.observed_partials.iter().chain(&self.scalar_partials).chain(&self.change_partials);
        let partials = partials.chain(self.beliefs.iter().map(|beliefs| &beliefs.partials));
        let rows = self.beliefs.iter().map(|beliefs| beliefs.rows.len() * 2).sum::<usize>();
        rows + self.nodes.len() + self.sums_of.len() * 16 + partials.map(Partials::numbers).sum::<usize>()
    }

    /// What is predicted about every factor at a position.
    pub(super) fn predicted(&self, layout: &Layout, position: usize, out: &mut [f64]) {
        let numbers = &self.nodes[self.node_of[position] as usize * self.beliefs.len()..];
        for (factor, (beliefs, number)) in self.beliefs.iter().zip(numbers).enumerate() {
            out[layout.range(factor)].copy_from_slice(beliefs.row(*number));
        }
    }

    fn begin(&mut self, program: Program<'_>, belief: &[f64]) {
        for (factor, beliefs) in self.beliefs.iter_mut().enumerate() {
            self.candidate[factor] = beliefs.begin(&belief[program.layout.range(factor)]);
        }
        self.observed.iter_mut().for_each(Memo::begin);
        let partials = self.observed_partials.iter_mut().chain(&mut self.scalar_partials);
        partials.chain(&mut self.change_partials).for_each(Partials::begin);
        if let Some(reach) = program.reach {
            reach.pull(program.layout, belief, &mut self.pull);
        }
        self.node_interner.begin();
        self.node_sums.begin();
        self.edges.begin();
        self.n_nodes = 0;
        self.node_of[0] = self.intern_candidate();
    }

    /// The node made of the beliefs in `candidate`.
    fn intern_candidate(&mut self) -> u32 {
        if let [number] = self.candidate.as_slice() {
            self.nodes[*number as usize] = *number;
            return *number;
        }
        let (width, nodes, candidate) = (self.candidate.len(), &self.nodes, &self.candidate);
        let same = |node: u32| &nodes[node as usize * width..(node as usize + 1) * width] == candidate.as_slice();
        let node = self.node_interner.find_or_insert(hash_numbers_of_things(candidate), self.n_nodes as u32, same);
        if node as usize == self.n_nodes {
            self.nodes[self.n_nodes * width..(self.n_nodes + 1) * width].copy_from_slice(&self.candidate);
            self.n_nodes += 1;
        }
        node
    }

    fn edge(&mut self, program: Program<'_>, node: u32, action: u32) -> Edge {
        let key = node as usize * program.plans.n_actions() + action as usize;
        if let Some(edge) = self.edges.get(key) {
            return edge;
        }
        let action = program.plans.action(action as usize);
        for factor in 0..self.beliefs.len() {
            self.candidate[factor] = self.predict(program, node, factor, action);
        }
        let child = self.intern_candidate();
        let mut sums = self.node_sums(program, child);
        for (modality, observed) in program.terms.observed.iter().enumerate() {
            if observed.table.depends_on_action() {
                self.add_observed(program, modality, child, action, &mut sums);
            }
        }
        for (index, scalar) in program.terms.scalars.iter().enumerate().filter(|(_, scalar)| scalar.needs_action()) {
            let at = if scalar.at == Moment::Before { node } else { child };
            self.add_scalar(program, index, at, action, &mut sums);
        }
        for index in 0..program.terms.changes.len() {
            sums.novelty += self.change(program, index, (node, child), action);
        }
        let edge = Edge { child, sums };
        self.edges.set(key, edge);
        edge
    }

    /// Number of the belief over `factor` after `action` in `node`.
    fn predict(&mut self, program: Program<'_>, node: u32, factor: usize, action: &[usize]) -> u32 {
        let table = &program.transitions[factor];
        let combination = table.combination(action);
        let slice = &table.slices[combination];
        let numbers = &self.nodes[node as usize * self.beliefs.len()..];
        let key = (slice.dependencies.len() < 2).then(|| {
            let number = slice.dependencies.first().map_or(0, |d| numbers[d.factor] as usize);
            number * table.slices.len() + combination
        });
        if let Some(number) = key.and_then(|key| self.beliefs[factor].predicted.get(key)) {
            return number;
        }
        let own = slice.dependencies.first().is_some_and(|d| d.factor == factor) && slice.is_identity();
        let number = if own {
            numbers[factor]
        } else if let Some(state) = slice.dependencies.first().and_then(|d| {
            let point = self.beliefs[d.factor].point_of[numbers[d.factor] as usize]?;
            slice.leads(point)
        }) {
            self.beliefs[factor].point(state)
        } else {
            // Known rows are read while the first free one is written.
            let (before, others) = self.beliefs.split_at_mut(factor);
            let Some((own, after)) = others.split_first_mut() else { return 0 };
            let (known, free) = own.rows.split_at_mut(own.count * own.width);
            let belief = |f: usize| match f.cmp(&factor) {
                Ordering::Less => before[f].row(numbers[f]),
                Ordering::Equal => row(known, own.width, numbers[f]),
                Ordering::Greater => after[f - factor - 1].row(numbers[f]),
            };
            let out = &mut free[..own.width];
            own.partials.apply(program.kernels, (table, combination), belief, numbers, out);
            own.intern()
        };
        if let Some(key) = key {
            self.beliefs[factor].predicted.set(key, number);
        }
        number
    }

    /// The sums that depend on the states of a node alone.
    fn node_sums(&mut self, program: Program<'_>, node: u32) -> Sums {
        if let Some(sums) = self.node_sums.get(node as usize) {
            return sums;
        }
        let mut sums = Sums::default();
        for (modality, observed) in program.terms.observed.iter().enumerate() {
            if !observed.table.depends_on_action() {
                self.add_observed(program, modality, node, &[], &mut sums);
            }
        }
        for (index, scalar) in program.terms.scalars.iter().enumerate() {
            if !scalar.needs_action() {
                self.add_scalar(program, index, node, &[], &mut sums);
            }
        }
        if let Some(reach) = program.reach {
            let numbers = &self.nodes[node as usize * self.beliefs.len()..];
            let belief = |f: usize| self.beliefs[f].row(numbers[f]);
            sums.inductive = reach.worth(program.kernels, program.layout, &self.pull, belief);
        }
        self.node_sums.set(node as usize, sums);
        sums
    }

    /// How much a step from one node to another is expected to teach about a factor's transition.
    fn change(&mut self, program: Program<'_>, index: usize, (from, to): (u32, u32), action: &[usize]) -> f64 {
        let change = &program.terms.changes[index];
        let combination = change.table.combination(action);
        let numbers = |node: u32| &self.nodes[node as usize * self.beliefs.len()..];
        let belief = |f: usize| self.beliefs[f].row(numbers(from)[f]);
        let out = &mut self.out[..change.table.slices[combination].width()];
        let partials = &mut self.change_partials[index];
        partials.apply(program.kernels, (&change.table, combination), belief, numbers(from), out);
        program.kernels.dot(out, self.beliefs[change.factor].row(numbers(to)[change.factor]))
    }

    /// What the observations at a node are worth at just this time of a plan.
    fn timed_utility(&mut self, program: Program<'_>, node: u32, action: u32, time: usize) -> f64 {
        let action = program.plans.action(action as usize);
        let mut utility = 0.0;
        for (modality, observed) in program.terms.observed.iter().enumerate() {
            let Some(wanted) = observed.timed.get(time).or(observed.timed.last()) else { continue };
            let combination = observed.table.combination(action);
            let numbers = &self.nodes[node as usize * self.beliefs.len()..];
            let belief = |f: usize| self.beliefs[f].row(numbers[f]);
            let out = &mut self.out[..observed.table.slices[combination].width()];
            let partials = &mut self.observed_partials[modality];
            partials.apply(program.kernels, (&observed.table, combination), belief, numbers, out);
            utility += program.kernels.dot(&out[..wanted.len()], wanted);
        }
        utility
    }

    fn add_observed(&mut self, program: Program<'_>, modality: usize, node: u32, action: &[usize], sums: &mut Sums) {
        let observed = &program.terms.observed[modality];
        let combination = observed.table.combination(action);
        let slice = &observed.table.slices[combination];
        let numbers = &self.nodes[node as usize * self.beliefs.len()..];
        let key = (slice.dependencies.len() < 2).then(|| {
            let number = slice.dependencies.first().map_or(0, |d| numbers[d.factor] as usize);
            number * observed.table.slices.len() + combination
        });
        let known = key.and_then(|key| self.observed[modality].get(key));
        let shown = slice.dependencies.first().and_then(|d| {
            let point = self.beliefs[d.factor].point_of[numbers[d.factor] as usize]?;
            slice.leads(point)
        });
        let terms = known.unwrap_or_else(|| {
            if let (Some(observation), false) = (shown, observed.learnt) {
                // What is certain has no entropy, and the product with everything else is zero.
                return Sums { utility: observed.preference[observation as usize] + 0.0, ..Sums::default() };
            }
            let belief = |f: usize| self.beliefs[f].row(numbers[f]);
            let out = &mut self.out[..slice.width()];
            let outcome: &[f64] = match slice.dependencies.first() {
                Some(d) if slice.is_identity() => belief(d.factor),
                _ => {
                    let partials = &mut self.observed_partials[modality];
                    partials.apply(program.kernels, (&observed.table, combination), belief, numbers, out);
                    out
                }
            };
            worth(program, observed, outcome)
        });
        if let (None, Some(key)) = (known, key) {
            self.observed[modality].set(key, terms);
        }
        sums.utility += terms.utility;
        sums.entropy += terms.entropy;
        sums.ambiguity += terms.ambiguity;
        sums.novelty += terms.novelty;
    }

    fn add_scalar(&mut self, program: Program<'_>, index: usize, node: u32, action: &[usize], sums: &mut Sums) {
        let scalar = &program.terms.scalars[index];
        let combination = scalar.table.combination(action);
        let slice = &scalar.table.slices[combination];
        let numbers = &self.nodes[node as usize * self.beliefs.len()..];
        let belief = |f: usize| self.beliefs[f].row(numbers[f]);
        let out = &mut self.out[..slice.width()];
        let partials = &mut self.scalar_partials[index];
        partials.apply(program.kernels, (&scalar.table, combination), belief, numbers, out);
        let value = match scalar.last {
            Some(factor) => program.kernels.dot(out, belief(factor)),
            None => out[0],
        };
        match scalar.kind {
            Kind::Utility => sums.utility += value,
            Kind::Ambiguity => sums.ambiguity += value,
        }
    }
}

/// What predicted observations are worth; for a modality that is learnt its novelty and ambiguity come along.
fn worth(program: Program<'_>, observed: &Observed, outcome: &[f64]) -> Sums {
    let (seen, behind) = outcome.split_at(observed.preference.len());
    let (entropy, utility) = if program.information {
        program.kernels.entropy_and_dot(seen, &observed.preference)
    } else {
        (0.0, program.kernels.dot(seen, &observed.preference))
    };
    let mut sums = Sums { utility, entropy, ..Sums::default() };
    if observed.learnt {
        // The entropy stands where the padding of the observations is zero, or behind it.
        sums.novelty = program.kernels.dot(seen, &behind[..seen.len()]);
        sums.ambiguity = behind[observed.outcomes];
    }
    sums
}

/// For each factor the most distinct beliefs a walk can meet: one per time for a factor that no control reaches.
fn most_beliefs(program: Program<'_>) -> Vec<usize> {
    let mut steered: Vec<bool> = program.transitions.iter().map(Compiled::depends_on_action).collect();
    for _ in 0..steered.len() {
        for (factor, table) in program.transitions.iter().enumerate() {
            let mut dependencies = table.slices.iter().flat_map(|slice| &slice.dependencies);
            steered[factor] = steered[factor] || dependencies.any(|d| steered[d.factor]);
        }
    }
    let (length, positions) = (program.plans.length(), program.plans.positions.len());
    steered.into_iter().map(|steered| if steered { positions } else { length + 1 }).collect()
}
