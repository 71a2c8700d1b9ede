//! What an entry is made of, and what binds it to all that went before it in its workspace.
//!
//! The commitment is SHA-256 over a random salt and the whole entry; the hash is SHA-256 over the hash before it, what is
//! never erased, and the commitment. Erasing takes the content and the salt away: the hash can still be computed, and the
//! commitment tells nothing, not even to whoever guesses what it was made of.

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash before the first entry of a workspace.
pub const BEGINNING: Hash = [0; 32];

/// Random bytes that make a commitment tell nothing.
pub(super) type Salt = [u8; 16];

/// An entry in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose chain it is.
    pub workspace: i64,
    /// Its number in the chain, from 1 and without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, as `what.verb`.
    pub action: String,
    /// The rest; gone if it was erased.
    pub content: Option<Content>,
    /// The commitment to the entry.
    pub commitment: Hash,
    /// What binds it to the entry before.
    pub hash: Hash,
}

/// What erasing takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Who did it.
    pub principal: String,
    /// What it was done to.
    pub subject: String,
    /// More about it, as a JSON object.
    pub detail: String,
    /// What makes the commitment unguessable.
    pub salt: [u8; 16],
}

impl Link {
    /// The commitment that the content asks for; none if it was erased.
    pub fn expected_commitment(&self) -> Option<Hash> {
        let Content { principal, subject, detail, salt } = self.content.as_ref()?;
        let mut hasher = Sha256::new_with_prefix(b"axiomcore audit entry 1");
        hasher.update(salt);
        hasher.update(self.workspace.to_le_bytes());
        hasher.update(self.at.0.to_le_bytes());
        for text in [&self.action, principal, subject, detail] {
            write_text(&mut hasher, text);
        }
        Some(hasher.finalize().into())
    }

    /// The hash that it would have with this number after `before`.
    pub fn expected_hash(&self, seq: u64, before: &Hash) -> Hash {
        let mut hasher = Sha256::new_with_prefix(b"axiomcore audit link 1");
        hasher.update(before);
        hasher.update(self.workspace.to_le_bytes());
        hasher.update(seq.to_le_bytes());
        hasher.update(self.at.0.to_le_bytes());
        write_text(&mut hasher, &self.action);
        hasher.update(self.commitment);
        hasher.finalize().into()
    }
}

/// With its length before it, so that no two sequences of texts are written alike.
fn write_text(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_le_bytes());
    hasher.update(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(principal: &str, subject: &str) -> Link {
        let content =
            Content { principal: principal.into(), subject: subject.into(), detail: "{}".into(), salt: [1; 16] };
        let at = Timestamp(7);
        let (action, content) = ("note.create".to_owned(), Some(content));
        Link { workspace: 1, seq: 1, at, action, content, commitment: BEGINNING, hash: BEGINNING }
    }

    #[test]
    fn texts_that_run_into_each_other_commit_to_different_things() {
        assert_ne!(link("ab", "c").expected_commitment(), link("a", "bc").expected_commitment());
        assert_eq!(link("ab", "c").expected_commitment(), link("ab", "c").expected_commitment());
    }

    #[test]
    fn the_same_entry_elsewhere_has_another_hash() {
        let link = link("a", "b");
        let here = link.expected_hash(1, &BEGINNING);
        assert_ne!(here, link.expected_hash(2, &BEGINNING));
        assert_ne!(here, link.expected_hash(1, &[1; 32]));
        assert_ne!(here, Link { workspace: 2, ..link }.expected_hash(1, &BEGINNING));
    }
}
