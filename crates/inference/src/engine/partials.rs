//! Contractions that stopped half way, kept for the next combination of beliefs that begins alike.
//!
//! A table over several factors is contracted one factor at a time, those that vary least between plans first. What is
//! left after the first few factors is the same for every node that shares their beliefs.

use super::intern::{Interner, hash_numbers_of_things};
use super::tables::Compiled;
use crate::numerics::Kernels;

/// Numbers that one stage may remember; beyond that it computes anew.
const MOST_REMEMBERED: usize = 1 << 20;

/// What is left of a table after its first `key` − 1 dependencies (the first entry of a key is the slice).
#[derive(Clone, Debug)]
struct Stage {
    key: usize,
    width: usize,
    most: usize,
    count: usize,
    keys: Vec<u32>,
    rows: Vec<f64>,
    interner: Interner,
}

impl Stage {
    fn find(&self, key: &[u32]) -> Option<usize> {
        let same = |number: u32| self.keys[number as usize * self.key..][..self.key] == *key;
        self.interner.find(hash_numbers_of_things(key), same).map(|number| number as usize)
    }

    /// Remembers that the row after the last one belongs to `key`, if there is room.
    fn keep(&mut self, key: &[u32]) {
        if self.count == self.most {
            return;
        }
        self.keys[self.count * self.key..][..self.key].copy_from_slice(key);
        self.interner.find_or_insert(hash_numbers_of_things(key), self.count as u32, |_| false);
        self.count += 1;
    }
}

/// The stages of one compiled table.
#[derive(Clone, Debug)]
pub(super) struct Partials {
    stages: Vec<Stage>,
    key: Vec<u32>,
}

impl Partials {
    /// Room for a table's stages; `most` is the number of distinct beliefs per factor, `positions` of plans.
    pub(super) fn new(table: &Compiled, most: &[usize], positions: usize) -> Self {
        let depth = table.slices.iter().map(|slice| slice.dependencies.len()).max().unwrap_or(0);
        let stages = (1..depth).map(|contracted| {
            let deep = || table.slices.iter().filter(|slice| slice.dependencies.len() > contracted);
            let width = deep().map(|slice| slice.rest(contracted)).max().unwrap_or(0);
            let variants = deep().map(|slice| {
                let beliefs = slice.dependencies[..contracted].iter().map(|d| most[d.factor]);
                beliefs.fold(1_usize, usize::saturating_mul).min(positions)
            });
            let most = variants.fold(0_usize, usize::saturating_add).min(MOST_REMEMBERED / width.max(1));
            let key = contracted + 1;
            Stage {
                key,
                width,
                most,
                count: 0,
                keys: vec![0; most * key],
                rows: vec![0.0; (most + 1) * width], // The last one serves when there is no room left.
                interner: Interner::new(most.max(1)),
            }
        });
        Self { stages: stages.collect(), key: vec![0; depth + 1] }
    }

    /// About how many numbers it takes.
    pub(super) fn numbers(&self) -> usize {
        self.stages.iter().map(|stage| stage.rows.len() + stage.keys.len()).sum()
    }

    /// Forgets everything.
    pub(super) fn begin(&mut self) {
        for stage in &mut self.stages {
            stage.count = 0;
            stage.interner.begin();
        }
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
        self.key[0] = combination as u32;
        self.key[1..].iter_mut().zip(dependencies).for_each(|(key, d)| *key = numbers[d.factor]);
        let stages = dependencies.len() - 1;
        let (known, mut row) = (1..=stages)
            .rev()
            .find_map(|stage| Some((stage, self.stages[stage - 1].find(&self.key[..stage + 1])?)))
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
            this.keep(&self.key[..stage + 1]);
            row = next;
        }
        let last = &self.stages[stages - 1];
        let d = dependencies[stages];
        kernels.contract(&belief(d.factor)[..d.size], &last.rows[row * last.width..][..slice.rest(stages)], out);
    }
}
