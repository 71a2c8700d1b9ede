//! Random distributions and tables of every kind that models have.

use freeagentics_inference::model::{Spec, Table};

use crate::bench_models::world::Generator;

impl Generator {
    /// Uniform in `0..below`, near enough for small numbers.
    pub(crate) fn index(&mut self, below: usize) -> usize {
        (self.bits() % below as u64) as usize
    }
}

/// Which kinds of columns a model's tables have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tables {
    /// Dense, with structural zeros, one-hot, identity, uniform, noisy: whatever the seed says for each table.
    Any,
    /// Nothing is impossible, or nearly so.
    Positive,
}

#[derive(Clone, Copy)]
enum Kind {
    Dense,
    Zeros,
    OneHot,
    Identity,
    NoisyIdentity,
    Uniform,
}

impl Tables {
    fn kind(self, g: &mut Generator) -> Kind {
        use Kind::{Dense, Identity, NoisyIdentity, OneHot, Uniform, Zeros};
        match self {
            Self::Any => [Dense, Dense, Zeros, Zeros, OneHot, OneHot, Identity, NoisyIdentity, Uniform][g.index(9)],
            Self::Positive => [Dense, Dense, NoisyIdentity, Uniform][g.index(4)],
        }
    }

    /// A table whose columns are all of one kind; `identity` follows the first factor it depends on.
    pub(super) fn table(
        self,
        spec: &Spec,
        factors: Vec<usize>,
        controls: Vec<usize>,
        outcomes: usize,
        g: &mut Generator,
    ) -> Table {
        let kind = self.kind(g);
        let extents = factors.iter().map(|&factor| spec.factors[factor].labels.len());
        let extents: Vec<usize> = extents.chain(controls.iter().map(|&c| spec.controls[c].labels.len())).collect();
        let columns: usize = extents.iter().product();
        let per_state = columns / extents.first().copied().unwrap_or(1).min(columns);
        let mut values = vec![0.0; outcomes * columns];
        for column in 0..columns {
            let entries = kind.column(outcomes, column / per_state, g);
            entries.into_iter().enumerate().for_each(|(outcome, entry)| values[outcome * columns + column] = entry);
        }
        Table { factors, controls, values }
    }
}

/// One distribution over so many outcomes.
pub(super) fn distribution(tables: Tables, outcomes: usize, g: &mut Generator) -> Vec<f64> {
    let followed = g.index(outcomes);
    tables.kind(g).column(outcomes, followed, g)
}

impl Kind {
    /// One column; an identity copies the state it `follows`.
    fn column(self, outcomes: usize, follows: usize, g: &mut Generator) -> Vec<f64> {
        let one_hot = |hot: usize| (0..outcomes).map(|outcome| f64::from(outcome == hot)).collect::<Vec<_>>();
        match self {
            Self::Dense => normalised((0..outcomes).map(|_| 0.02 + g.unit()).collect()),
            Self::Zeros => {
                let mut weights: Vec<f64> = (0..outcomes).map(|_| (g.unit() - 0.4).max(0.0)).collect();
                weights[g.index(outcomes)] += 0.1;
                normalised(weights)
            }
            Self::OneHot => one_hot(g.index(outcomes)),
            Self::Identity => one_hot(follows % outcomes),
            Self::NoisyIdentity => {
                one_hot(follows % outcomes).iter().map(|hot| 0.9 * hot + 0.1 / outcomes as f64).collect()
            }
            Self::Uniform => vec![1.0 / outcomes as f64; outcomes],
        }
    }
}

fn normalised(weights: Vec<f64>) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}
