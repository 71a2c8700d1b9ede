//! Small tables that give equal things one number, cleared by a stamp instead of a sweep.

/// Values remembered under dense keys until the next [`begin`](Memo::begin).
#[derive(Clone, Debug)]
pub(super) struct Memo<T> {
    stamp: u32,
    entries: Vec<(u32, T)>,
}

impl<T: Copy + Default> Memo<T> {
    pub(super) fn new(keys: usize) -> Self {
        Self { stamp: 0, entries: vec![(0, T::default()); keys] }
    }

    /// Forgets everything.
    pub(super) fn begin(&mut self) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.entries.iter_mut().for_each(|entry| entry.0 = 0);
            self.stamp = 1;
        }
    }

    pub(super) fn get(&self, key: usize) -> Option<T> {
        let (stamp, value) = self.entries[key];
        (stamp == self.stamp).then_some(value)
    }

    pub(super) fn set(&mut self, key: usize, value: T) {
        self.entries[key] = (self.stamp, value);
    }
}

/// Gives equal rows of `u64` words one number, in the order of their first appearance.
#[derive(Clone, Debug)]
pub(super) struct Interner {
    /// Open addressing: a row's number under its hash.
    slots: Memo<u32>,
    mask: usize,
}

impl Interner {
    pub(super) fn new(most: usize) -> Self {
        let slots = (2 * most).next_power_of_two();
        let mut interner = Self { slots: Memo::new(slots), mask: slots - 1 };
        interner.begin();
        interner
    }

    pub(super) fn begin(&mut self) {
        self.slots.begin();
    }

    /// Whether so many rows are more than it has room for.
    pub(super) fn is_half_full(&self, rows: usize) -> bool {
        2 * rows > self.mask
    }

    /// The number of an equal row, if there is one.
    pub(super) fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        let mut slot = (hash >> 20) as usize & self.mask;
        loop {
            let number = self.slots.get(slot)?;
            if same(number) {
                return Some(number);
            }
            slot = (slot + 1) & self.mask;
        }
    }

    /// The number of an equal row if `same` finds one; otherwise remembers `next` under this hash.
    pub(super) fn find_or_insert(&mut self, hash: u64, next: u32, same: impl Fn(u32) -> bool) -> u32 {
        let mut slot = (hash >> 20) as usize & self.mask;
        loop {
            match self.slots.get(slot) {
                None => {
                    self.slots.set(slot, next);
                    return next;
                }
                Some(number) if same(number) => return number,
                Some(_) => slot = (slot + 1) & self.mask,
            }
        }
    }
}

/// A hash of padded numbers by their bits, eight streams side by side.
pub(super) fn hash_numbers(row: &[f64]) -> u64 {
    let mut streams: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
    for bundle in row.as_chunks::<8>().0 {
        for (stream, x) in streams.iter_mut().zip(bundle) {
            *stream = mix(*stream, x.to_bits());
        }
    }
    streams.into_iter().fold(0, mix)
}

pub(super) fn hash_numbers_of_things(row: &[u32]) -> u64 {
    row.iter().fold(0, |hash, number| mix(hash, u64::from(*number) + 1))
}

pub(super) fn mix(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 29)
}
