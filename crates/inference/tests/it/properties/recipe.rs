//! Random models, described by a few sizes (which can be made smaller) and a seed for all the rest.

use freeagentics_inference::engine::{Choice, Goal, Learns, Mode, Options, Policies};
use freeagentics_inference::model::{Evidence, Learnable, Learning, Modality, Moment, Preference, Spec, Table};
use proptest::prelude::{Strategy, any};

use super::tables::{Tables, distribution};
use crate::bench_models::build::{axis, modality};
use crate::bench_models::world::{Generator, World};
use crate::slow::{combinations, policies, sizes};

/// Policies weighed at most; longer plans are shortened to keep the slow reference bearable.
const MOST_POLICIES: usize = 27;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipe {
    pub(super) factors: usize,
    pub(super) modalities: usize,
    pub(super) controls: usize,
    /// Most states of a factor, observations of a modality, values of a control.
    pub(super) extent: usize,
    pub(super) length: usize,
    pub(super) tables: Tables,
    /// Whether factors have nothing to do with each other: each moves by itself and is seen by itself.
    pub(super) independent: bool,
    /// Whether something of it is learnt, and there may be goals.
    pub(super) learns: bool,
    pub(super) seed: u64,
}

/// Any model: sparse dependencies, structural zeros, action-dependent likelihoods, joint preferences.
pub(super) fn any_model() -> impl Strategy<Value = Recipe> {
    (1..=4_usize, 1..=4_usize, 0..=3_usize, 1..=4_usize, 1..=3_usize, any::<u64>()).prop_map(
        |(factors, modalities, controls, extent, length, seed)| Recipe {
            factors,
            modalities,
            controls,
            extent,
            length,
            tables: Tables::Any,
            independent: false,
            learns: false,
            seed,
        },
    )
}

/// Any model of which something is learnt.
pub(super) fn learning_model() -> impl Strategy<Value = Recipe> {
    any_model().prop_map(|recipe| Recipe { learns: true, ..recipe })
}

/// Fewer factors with more states, so that tables are longer than a vector register.
pub(super) fn large_model() -> impl Strategy<Value = Recipe> {
    (any_model(), 1..=2_usize, 1..=2_usize, 9..=20_usize).prop_map(|(recipe, factors, modalities, extent)| Recipe {
        factors,
        modalities,
        controls: recipe.controls.min(1),
        extent,
        ..recipe
    })
}

/// Models whose factors are independent and where everything is possible.
pub(super) fn independent_model() -> impl Strategy<Value = Recipe> {
    any_model().prop_map(|recipe| Recipe { tables: Tables::Positive, independent: true, ..recipe })
}

impl Recipe {
    /// A recipe that depends on its number alone, for results that are kept.
    pub(crate) fn numbered(number: u64) -> Self {
        let mut g = Generator::new(number);
        Self {
            factors: 1 + g.index(4),
            modalities: 1 + g.index(4),
            controls: g.index(4),
            extent: 2 + g.index(3),
            length: 1 + g.index(3),
            tables: Tables::Any,
            independent: false,
            learns: false,
            seed: g.bits(),
        }
    }

    /// The same model, of which something is learnt.
    pub(crate) fn that_learns(self) -> Self {
        Self { learns: true, ..self }
    }

    /// A generator for one purpose; different purposes see different numbers.
    pub(super) fn generator(&self, purpose: u64) -> Generator {
        Generator::new(self.seed ^ purpose.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    pub(crate) fn spec(&self) -> Spec {
        let mut g = self.generator(1);
        let mut size = || 1 + g.index(self.extent);
        let mut spec = Spec {
            factors: (0..self.factors).map(|f| axis(&format!("factor{f}"), size())).collect(),
            controls: (0..self.controls).map(|c| axis(&format!("control{c}"), size().min(3))).collect(),
            modalities: (0..self.modalities).map(|m| modality(&format!("modality{m}"), size())).collect(),
            likelihoods: Vec::new(),
            transitions: Vec::new(),
            preferences: Vec::new(),
            priors: Vec::new(),
            learning: Vec::new(),
        };
        spec.likelihoods = (0..self.modalities).map(|m| self.likelihood(&mut spec, m, &mut g)).collect();
        spec.transitions = (0..self.factors).map(|factor| self.transition(&spec, factor, &mut g)).collect();
        spec.preferences = preferences(&spec, &mut g);
        spec.priors = spec.factors.iter().map(|f| distribution(self.tables, f.labels.len(), &mut g)).collect();
        if self.learns {
            let mut g = self.generator(7);
            spec.learning = learning(&spec, &mut g);
            let (modality, steps) = (g.index(self.modalities), 1 + g.index(3));
            let values = |g: &mut Generator| spec.modalities[modality].labels.iter().map(|_| g.unit()).collect();
            spec.preferences.push(Preference::Timed { modality, values: (0..steps).map(|_| values(&mut g)).collect() });
        }
        spec
    }

    fn likelihood(&self, spec: &mut Spec, modality: usize, g: &mut Generator) -> Table {
        let most = if self.independent { 1 } else { 3 };
        let factors = subset(self.factors, 1, most, g);
        let controls = if g.unit() < 0.25 { subset(self.controls, 0, 2, g) } else { Vec::new() };
        let Modality { labels, initial, .. } = &mut spec.modalities[modality];
        if !controls.is_empty() && g.unit() < 0.5 {
            *initial = Some(controls.iter().map(|&c| g.index(spec.controls[c].labels.len())).collect());
        }
        let outcomes = labels.len();
        self.tables.table(spec, factors, controls, outcomes, g)
    }

    fn transition(&self, spec: &Spec, factor: usize, g: &mut Generator) -> Table {
        let mut factors = if self.independent { Vec::new() } else { subset(self.factors, 0, 2, g) };
        if !factors.contains(&factor) && (factors.is_empty() || g.unit() < 0.8) {
            factors.insert(g.index(factors.len() + 1), factor);
        }
        let controls = subset(self.controls, 0, 2, g);
        self.tables.table(spec, factors, controls, spec.factors[factor].labels.len(), g)
    }

    pub(crate) fn options(&self, spec: &Spec) -> Options {
        let mut g = self.generator(2);
        let actions = combinations(&sizes(&spec.controls));
        let bearable = |length: &usize| (0..*length).fold(1, |n, _| n * actions.len()) <= MOST_POLICIES;
        let length = (1..=self.length).rev().find(bearable).unwrap_or(1);
        let all = Policies::All { length };
        let options = Options {
            policies: if g.unit() < 0.2 { listed(&actions, self.length, &mut g) } else { all },
            gamma: [0.0, 0.5, 1.0, 4.0, 16.0][g.index(5)],
            alpha: [0.5, 1.0, 8.0][g.index(3)],
            discount: [1.0, 0.9, 0.3][g.index(3)],
            mode: [Mode::Full, Mode::Marginal][g.index(2)],
            choice: [Choice::Deterministic, Choice::Sampled][g.index(2)],
            idle: (g.unit() < 0.5).then(|| actions[g.index(actions.len())].clone()),
            ..Options::default()
        };
        let weight = |g: &mut Generator| if g.unit() < 0.2 { 0.0 } else { g.unit() };
        let some = |g: &mut Generator| (0..policies(spec, &options).len()).map(|_| weight(g)).collect::<Vec<_>>();
        let habits = (g.unit() < 0.4).then(|| some(&mut g)).filter(|weights| weights.iter().any(|w| *w > 0.0));
        let options = Options { habits, ..options };
        if self.learns { learner(spec, options, &mut self.generator(8)) } else { options }
    }

    /// What is seen at one step: mostly what the world brings, sometimes nothing, something vague, or anything.
    pub(super) fn evidence(&self, world: &mut World<'_>, spec: &Spec, g: &mut Generator) -> Vec<Evidence> {
        let seen = world.observe();
        let sizes = spec.modalities.iter().map(|modality| modality.labels.len());
        seen.into_iter()
            .zip(sizes)
            .map(|(seen, size)| match g.index(10) {
                0 => Evidence::Missing,
                1 => Evidence::Soft(distribution(Tables::Any, size, g)),
                2 if !self.independent => Evidence::Index(g.index(size)),
                _ => seen,
            })
            .collect()
    }
}

fn listed(actions: &[Vec<usize>], length: usize, g: &mut Generator) -> Policies {
    let policies = 1 + g.index(6);
    let action = |g: &mut Generator| actions[g.index(actions.len())].clone();
    Policies::Listed((0..policies).map(|_| (0..length).map(|_| action(g)).collect()).collect())
}

/// Most of what can be learnt.
fn learning(spec: &Spec, g: &mut Generator) -> Vec<Learning> {
    let parts = (0..spec.modalities.len()).map(Learnable::Likelihood);
    let parts = parts.chain((0..spec.factors.len()).flat_map(|f| [Learnable::Transition(f), Learnable::Prior(f)]));
    let mut chosen: Vec<Learnable> = parts.chain([Learnable::Habits]).filter(|_| g.unit() < 0.6).collect();
    if chosen.is_empty() {
        chosen.push(Learnable::Habits);
    }
    let learning = |what| {
        let columns = match what {
            Learnable::Likelihood(m) => spec.likelihoods[m].values.len() / spec.modalities[m].labels.len(),
            Learnable::Transition(f) => spec.transitions[f].values.len() / spec.factors[f].labels.len(),
            Learnable::Prior(_) | Learnable::Habits => 1,
        };
        let strength = (0..columns).map(|_| 0.1 + 5.0 * g.unit()).collect();
        Learning { what, strength, rate: 2.0 * g.unit(), forgetting: [0.0, 0.1][g.index(2)] }
    };
    chosen.into_iter().map(learning).collect()
}

/// Options that matter to those who learn, or have goals.
fn learner(spec: &Spec, options: Options, g: &mut Generator) -> Options {
    let by_itself = |(factor, table): (usize, &Table)| table.factors == [factor];
    let free: Vec<bool> = spec.transitions.iter().enumerate().map(by_itself).collect();
    let states = free
        .iter()
        .zip(&spec.factors)
        .map(|(free, factor)| if *free { vec![g.index(factor.labels.len())] } else { Vec::new() });
    let goal = Goal { states: states.collect(), depth: 1 + g.index(5), threshold: 0.2, weight: 0.01 };
    Options {
        learns: [Learns::Online, Learns::Online, Learns::Episode, Learns::Never][g.index(4)],
        novelty: g.unit() < 0.8,
        information: g.unit() < 0.8,
        goal: Some(goal).filter(|goal| g.unit() < 0.4 && goal.states.iter().any(|states| !states.is_empty())),
        ..options
    }
}

fn preferences(spec: &Spec, g: &mut Generator) -> Vec<Preference> {
    let mut preferences = Vec::new();
    let value = |g: &mut Generator| if g.unit() < 0.2 { 0.0 } else { 8.0 * (g.unit() - 0.5) };
    for (modality, axis) in spec.modalities.iter().enumerate() {
        if g.unit() < 0.7 {
            let values = axis.labels.iter().map(|_| value(g)).collect();
            preferences.push(Preference::Observations { modality, values });
        }
    }
    for _ in 0..g.index(3) {
        let controls = subset(spec.controls.len(), 0, 2, g);
        let factors = subset(spec.factors.len(), usize::from(controls.is_empty()), 2, g);
        let extent = |axes: &[usize], sizes: &[usize]| axes.iter().map(|&axis| sizes[axis]).product::<usize>();
        let entries = extent(&factors, &sizes(&spec.factors)) * extent(&controls, &sizes(&spec.controls));
        let values = (0..entries).map(|_| value(g)).collect();
        let at = [Moment::Before, Moment::After][g.index(2)];
        preferences.push(Preference::Joint { factors, controls, at, values });
    }
    preferences
}

/// Between `least` and `most` different indices below `size`, in any order.
fn subset(size: usize, least: usize, most: usize, g: &mut Generator) -> Vec<usize> {
    let mut rest: Vec<usize> = (0..size).collect();
    let wanted = (least + g.index(most - least + 1)).min(size);
    (0..wanted).map(|_| rest.swap_remove(g.index(rest.len()))).collect()
}
