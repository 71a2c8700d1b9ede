//! The idempotency keys that an agent remembers.

use std::collections::VecDeque;

use sha2::{Digest, Sha256};

/// So many of the last keys are answered again.
pub(super) const ANSWERED: usize = 32;

/// So many before them are known to have been used, without their answers.
const KNOWN: usize = 96;

/// A key, hashed.
pub(crate) type KeyHash = [u8; 16];

/// What an agent remembers of keys, newest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Window(VecDeque<Used>);

/// A key that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) key: KeyHash,
    /// Of what was asked; a reset has none.
    pub(super) asked: Option<KeyHash>,
    /// Where the answer is in the log.
    pub(super) seq: u64,
}

/// What the window says of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Never seen, as far as the window reaches.
    New,
    /// The answer is that of this event.
    Same(u64),
    /// It was used to ask something else.
    Other,
    /// It was used too long ago.
    Passed,
}

impl Window {
    /// From what the log has, newest first.
    pub(super) fn of(used: impl IntoIterator<Item = Used>) -> Self {
        let mut used: VecDeque<Used> = used.into_iter().take(Self::REACH).collect();
        used.make_contiguous().reverse();
        Self(used)
    }

    /// How many keys are remembered.
    pub(super) const REACH: usize = ANSWERED + KNOWN;

    pub(super) fn judge(&self, key: &KeyHash, asked: Option<&KeyHash>) -> Verdict {
        let newest_first = self.0.iter().rev().enumerate();
        match newest_first.clone().find(|(_, used)| used.key == *key) {
            None => Verdict::New,
            Some((_, used)) if used.asked.as_ref() != asked => Verdict::Other,
            Some((age, _)) if age >= ANSWERED => Verdict::Passed,
            Some((_, used)) => Verdict::Same(used.seq),
        }
    }

    pub(super) fn add(&mut self, used: Used) {
        if self.0.len() == Self::REACH {
            self.0.pop_front();
        }
        self.0.push_back(used);
    }

    /// Bytes that it takes at most.
    pub(super) const SIZE: usize = Self::REACH.next_power_of_two() * size_of::<Used>();
}

/// The hash of a key, or of what was asked with it.
pub(super) fn hash(parts: &[&[u8]]) -> KeyHash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut short = KeyHash::default();
    short.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(number: u64) -> Used {
        Used { key: hash(&[&number.to_le_bytes()]), asked: Some([1; 16]), seq: number }
    }

    #[test]
    fn the_last_keys_are_answered_older_ones_are_known_and_the_rest_is_new() {
        let mut window = Window::default();
        (1..=200).for_each(|number| window.add(used(number)));
        let judge = |number| window.judge(&used(number).key, Some(&[1; 16]));
        assert_eq!((judge(200), judge(169)), (Verdict::Same(200), Verdict::Same(169)));
        assert_eq!((judge(168), judge(73)), (Verdict::Passed, Verdict::Passed));
        assert_eq!((judge(72), judge(201)), (Verdict::New, Verdict::New));
        assert_eq!(window.judge(&used(199).key, Some(&[2; 16])), Verdict::Other);
        assert_eq!(window.judge(&used(199).key, None), Verdict::Other);
    }

    #[test]
    fn a_window_read_from_the_log_is_the_one_that_was_kept() {
        let mut kept = Window::default();
        (1..=150).for_each(|number| kept.add(used(number)));
        assert_eq!(Window::of((1..=150).rev().map(used)).0, kept.0);
    }
}
