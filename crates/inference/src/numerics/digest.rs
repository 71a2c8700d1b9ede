//! SHA-256 over canonical bytes: little-endian numbers, −0 as 0, lengths before contents.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest; prints as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The first eight bytes: enough to tell things apart that nobody made alike on purpose.
    pub(crate) fn mark(&self) -> u64 {
        self.0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble };
        let mut text = [0; 64];
        for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Builds a [`Digest`] from values in a fixed order.
#[derive(Clone)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Starts with a name of what is hashed, so that digests of different things never meet.
    pub fn new(domain: &str) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.text(domain);
        hasher
    }

    /// Adds a count or index.
    pub fn count(&mut self, n: usize) {
        self.0.update((n as u64).to_le_bytes());
    }

    /// Adds a text with its length.
    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    /// Adds one number; −0 counts as 0.
    pub fn number(&mut self, x: f64) {
        self.0.update((x + 0.0).to_le_bytes());
    }

    /// Adds numbers with their count.
    pub fn numbers(&mut self, xs: &[f64]) {
        /// Numbers that are handed on at once.
        const BLOCK: usize = 64;
        self.count(xs.len());
        for block in xs.chunks(BLOCK) {
            let mut bytes = [[0_u8; 8]; BLOCK];
            bytes.iter_mut().zip(block).for_each(|(to, x)| *to = (x + 0.0).to_le_bytes());
            self.0.update(bytes[..block.len()].as_flattened());
        }
    }

    /// Adds indices with their count.
    pub fn counts(&mut self, ns: &[usize]) {
        self.count(ns.len());
        ns.iter().for_each(|n| self.count(*n));
    }

    /// The digest of all that was added.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}
