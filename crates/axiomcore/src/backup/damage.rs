//! What can be wrong with a backup, by name.

use serde::Serialize;

/// Something at the destination that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "damage", rename_all = "snake_case")]
pub enum Damage {
    /// There is no manifest of that name.
    #[error("there is no manifest of backup {id}")]
    ManifestMissing {
        /// Which backup.
        id: String,
    },
    /// A manifest was cut or altered.
    #[error("the manifest of backup {id} was cut or altered: its signature does not hold")]
    ManifestAltered {
        /// Which backup.
        id: String,
    },
    /// A manifest was signed by somebody else.
    #[error("backup {id} is signed with another backup key (its public key is {key})")]
    OtherKey {
        /// Which backup.
        id: String,
        /// Whom the manifest names.
        key: String,
    },
    /// A manifest lies in the place of another one.
    #[error("in the place of backup {id} lies the manifest of {found}")]
    ManifestOfAnother {
        /// Where.
        id: String,
        /// Whose it is.
        found: String,
    },
    /// A newer program wrote it.
    #[error("backup {id} has format {format}, which this program does not know: use a newer one")]
    Format {
        /// Which backup.
        id: String,
        /// Its format.
        format: u32,
    },
    /// A backup is not the one that its successor names.
    #[error("backup {id} was replaced: its successor names another manifest")]
    Replaced {
        /// Which backup.
        id: String,
    },
    /// Backups are gone that nobody has pruned.
    #[error("after backup {id}, number {number}, the next {missing} are missing")]
    Gap {
        /// The last one before the gap; nothing where there is none left.
        id: String,
        /// Its number.
        number: u64,
        /// How many are gone.
        missing: u64,
    },
    /// Of what was shipped after a backup, a segment is gone.
    #[error("segment {number} of line {line} is missing: what was shipped after it is worth nothing")]
    SegmentMissing {
        /// Which line.
        line: String,
        /// Which segment.
        number: u64,
    },
    /// A segment is not what was shipped.
    #[error("segment {number} of line {line} was cut or altered")]
    SegmentAltered {
        /// Which line.
        line: String,
        /// Which segment.
        number: u64,
    },
    /// A chunk is gone.
    #[error("chunk {number} of backup {id} ({part}) is missing")]
    ChunkMissing {
        /// Which backup.
        id: String,
        /// Of what.
        part: String,
        /// Which chunk.
        number: u64,
    },
    /// A chunk is shorter or longer than it was.
    #[error("chunk {number} of backup {id} ({part}) has {found} bytes instead of {expected}")]
    ChunkLength {
        /// Which backup.
        id: String,
        /// Of what.
        part: String,
        /// Which chunk.
        number: u64,
        /// How long it was.
        expected: u64,
        /// How long it is.
        found: u64,
    },
    /// A chunk has other bytes than it had.
    #[error("chunk {number} of backup {id} ({part}) was altered: its SHA-256 is another one")]
    ChunkAltered {
        /// Which backup.
        id: String,
        /// Of what.
        part: String,
        /// Which chunk.
        number: u64,
    },
    /// A chunk is what the manifest says and cannot be opened.
    #[error("chunk {number} of backup {id} ({part}) cannot be opened with this backup key")]
    ChunkSealed {
        /// Which backup.
        id: String,
        /// Of what.
        part: String,
        /// Which chunk.
        number: u64,
    },
}
