//! What verification finds.

use serde::Serialize;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where: of a chain, the first place at which it does not hold any more.
    pub place: Place,
    /// What kind of fault it is.
    pub fault: Fault,
    /// What was found.
    pub detail: String,
}

/// Where something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// An entry of a chain.
    Entry {
        /// Whose chain.
        workspace: i64,
        /// Which entry.
        seq: u64,
    },
    /// A checkpoint in the database or the export.
    Checkpoint {
        /// Which.
        number: u64,
    },
    /// A line of the anchor file.
    Anchor {
        /// Which, from 1.
        line: u64,
    },
    /// Rows of the service's own log.
    Log {
        /// The last row before them.
        after: u64,
        /// The last of them.
        to: u64,
    },
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is not what it was, or what it follows is not.
    Altered,
    /// It is gone.
    Removed,
    /// It was not there.
    Inserted,
    /// It stands where another one stood.
    Reordered,
    /// It was emptied, and no entry says so.
    ErasedUnrecorded,
    /// The end is gone: a checkpoint has seen more.
    Cut,
    /// The chain holds in itself, but is not the one that a checkpoint has seen: it was computed anew.
    Rehashed,
    /// The database is older than the anchor, or went another way after a common past.
    RolledBack,
    /// It was not signed with the key that it should have been signed with.
    WrongKey,
    /// The anchor is not there though it should be.
    AnchorMissing,
}

/// What verification came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Workspaces with a chain.
    pub workspaces: u64,
    /// Entries that were verified.
    pub entries: u64,
    /// Of these, how many have been erased: their place in the chain is all that is left.
    pub erased: u64,
    /// Entries that no checkpoint covers yet: that their end was cut off could not be found.
    pub uncovered: u64,
    /// Entries that are not in a chain yet.
    pub unchained: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// Of these, how many are not in the anchor yet; all of them if no anchor was given.
    pub unanchored: u64,
    /// Rows of the service's own log that checkpoints cover and that were verified.
    pub log_rows: u64,
    /// The key that the checkpoints are signed with, in hexadecimal.
    pub public_key: Option<String>,
    /// Whether that key was given by who verifies, and not only found.
    pub pinned: bool,
    /// All that is wrong: at most one place of each chain, the first.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are listed.
    pub omitted: u64,
}

/// So many findings are listed.
const LISTED: usize = 100;

impl Report {
    /// Whether nothing is wrong.
    pub const fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn add(&mut self, place: Place, fault: Fault, detail: impl Into<String>) {
        if self.findings.len() < LISTED {
            self.findings.push(Finding { place, fault, detail: detail.into() });
        } else {
            self.omitted += 1;
        }
    }
}
