//! What binds an event to all that went before it.
//!
//! The commitment of an event is SHA-256 over the agent's salt, the commitment before it and the row itself. Whoever
//! changes, removes or reorders an event changes every later commitment of that agent. The salt is random and the
//! agent's own: once it is erased, commitments tell nothing about what they were made of.

use sha2::{Digest, Sha256};

const DOMAIN: &[u8] = b"freeagentics event 1";

/// The commitment before an agent's first event.
pub(crate) const BEGINNING: [u8; 32] = [0; 32];

/// What a row commits to, apart from its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) salt: &'a [u8; 16],
    pub(crate) before: &'a [u8; 32],
    pub(crate) workspace: i64,
    pub(crate) agent: i64,
    pub(crate) revision: u64,
}

/// The commitment of a row with this body.
pub(crate) fn commitment(row: Row<'_>, body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(row.salt);
    hasher.update(row.before);
    hasher.update(row.workspace.to_le_bytes());
    hasher.update(row.agent.to_le_bytes());
    hasher.update(row.revision.to_le_bytes());
    hasher.update(body);
    hasher.finalize().into()
}
