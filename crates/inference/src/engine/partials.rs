//! Contractions that stopped half way, kept for the next combination of beliefs that begins alike.
//!
//! A table over several factors is contracted one factor at a time, those that vary least between plans first. What is
//! left after the first few factors is the same for every node that shares their beliefs.

use super::intern::{Interner, Memo, mix};
use super::tables::Compiled;
use crate::numerics::Kernels;

/// Numbers that one stage may remember; beyond that it computes anew.
const MOST_REMEMBERED: usize = 1 << 20;

/// Keys up to which a row is found by its key itself, without a hash.
const MOST_DENSE: u128 = 1 << 16;

/// What is left of a table after its first few dependencies. A key is one number: the slice, then the number of each
/// belief, as digits.
#[derive(Clone, Debug)]
struct Stage {
    width: usize,
    most: usize,
    count: usize,
    rows: Vec<f64>,
    index: Index,
}

/// Which row belongs to a key.
#[derive(Clone, Debug)]
enum Index {
    Dense(Memo<u32>),
    Hashed { keys: Vec<u128>, interner: Interner },
}

impl Stage {
    fn begin(&mut self) {
        self.count = 0;
        match &mut self.index {
            Index::Dense(rows) => rows.begin(),
            Index::Hashed { interner, .. } => interner.begin(),
        }
    }

    fn find(&self, key: u128) -> Option<usize> {
        let row = match &self.index {
            Index::Dense(rows) => rows.get(key as usize),
            Index::Hashed { keys, interner } => interner.find(hash(key), |row| keys[row as usize] == key),
        };
        row.map(|row| row as usize)
    }

    /// Remembers that the row after the last one belongs to `key`, if there is room.
    fn keep(&mut self, key: u128) {
        if self.count == self.most {
            return;
        }
        let row = self.count as u32;
        match &mut self.index {
            Index::Dense(rows) => rows.set(key as usize, row),
            Index::Hashed { keys, interner } => {
                keys[self.count] = key;
                interner.find_or_insert(hash(key), row, |_| false);
            }
        }
        self.count += 1;
    }
}

fn hash(key: u128) -> u64 {
    mix(mix(0, (key >> 64) as u64), key as u64)
}

/// The stages of one compiled table.
#[derive(Clone, Debug)]
pub(super) struct Partials {
    stages: Vec<Stage>,
    /// Digits of a key go up to this.
    radix: u128,
    /// The key of each stage, of what is being computed.
    keys: Vec<u128>,
}

impl Partials {
    /// Room for a table's stages; `most` is the number of distinct beliefs per factor, `positions` of plans.
    pub(super) fn new(table: &Compiled, most: &[usize], positions: usize) -> Self {
        let depth = table.slices.iter().map(|slice| slice.dependencies.len()).max().unwrap_or(0);
        let radix = most.iter().copied().max().unwrap_or(1).max(1) as u128;
        let stages = (1..depth).map(|contracted| {
            let deep = || table.slices.iter().filter(|slice| slice.dependencies.len() > contracted);
            let width = deep().map(|slice| slice.rest(contracted)).max().unwrap_or(0);
            let variants = deep().map(|slice| {
                let beliefs = slice.dependencies[..contracted].iter().map(|d| most[d.factor]);
                beliefs.fold(1_usize, usize::saturating_mul).min(positions)
            });
            let most = variants.fold(0_usize, usize::saturating_add).min(MOST_REMEMBERED / width.max(1));
            let keys = (0..contracted).try_fold(table.slices.len() as u128, |keys, _| keys.checked_mul(radix));
            // Keys that no number can hold are not remembered: two of them might look alike.
            let most = keys.map_or(0, |_| most);
            let index = match keys {
                Some(keys) if keys <= MOST_DENSE => Index::Dense(Memo::new(keys as usize)),
                _ => Index::Hashed { keys: vec![0; most], interner: Interner::new(most.max(1)) },
            };
            // The last row serves when there is no room left.
            Stage { width, most, count: 0, rows: vec![0.0; (most + 1) * width], index }
        });
        Self { stages: stages.collect(), radix, keys: vec![0; depth] }
    }

    /// About how many numbers it takes.
    pub(super) fn numbers(&self) -> usize {
        self.stages.iter().map(|stage| stage.rows.len()).sum()
    }

    /// Forgets everything.
    pub(super) fn begin(&mut self) {
        self.stages.iter_mut().for_each(Stage::begin);
    }

    /// `out = Σ table · Π beliefs` for one slice; `numbers[factor]` names the belief that `belief(factor)` returns.
    pub(super) fn apply<'b>(
        &mut self,
        kernels: &Kernels,
        (table, combination): (&Compiled, usize),
        belief: impl Fn(usize) -> &'b [f64],
        numbers: &[u32],
        out: &mut [f64],
    ) {
        let slice = &table.slices[combination];
        let dependencies = slice.dependencies.as_slice();
        let Some(values) = slice.several() else { return slice.apply_single(kernels, belief, out) };
        let stages = dependencies.len() - 1;
        let mut key = combination as u128;
        for (kept, d) in self.keys.iter_mut().zip(&dependencies[..stages]) {
            key = key.wrapping_mul(self.radix).wrapping_add(u128::from(numbers[d.factor]));
            *kept = key;
        }
        let (known, mut row) = (1..=stages)
            .rev()
            .find_map(|stage| Some((stage, self.stages[stage - 1].find(self.keys[stage - 1])?)))
            .unwrap_or((0, 0));
        for stage in known + 1..=stages {
            let length = slice.rest(stage);
            let (before, this) = self.stages.split_at_mut(stage - 1);
            let Some(this) = this.first_mut() else { return };
            let source = match before.last() {
                Some(last) => &last.rows[row * last.width..][..slice.rest(stage - 1)],
                None => values,
            };
            let d = dependencies[stage - 1];
            let next = this.count.min(this.most);
            kernels.contract(&belief(d.factor)[..d.size], source, &mut this.rows[next * this.width..][..length]);
            this.keep(self.keys[stage - 1]);
            row = next;
        }
        let last = &self.stages[stages - 1];
        let d = dependencies[stages];
        kernels.contract(&belief(d.factor)[..d.size], &last.rows[row * last.width..][..slice.rest(stages)], out);
    }
}
