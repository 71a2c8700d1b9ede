//! How large a document and the agent it describes may be.

use crate::engine::MOST_ELAPSED;

/// Bounds that are checked before anything of that size is allocated.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a caller sets some and takes the others from the default")]
pub struct Limits {
    /// Length of the text in bytes.
    pub document_bytes: usize,
    /// How deep lists and maps may be nested.
    pub depth: usize,
    /// Number of values in the document, aliases expanded.
    pub nodes: usize,
    /// Number of values that aliases may expand to.
    pub alias_nodes: usize,
    /// Number of factors.
    pub factors: usize,
    /// Number of controls.
    pub controls: usize,
    /// Number of modalities.
    pub modalities: usize,
    /// Number of states of a factor, values of a control or observations of a modality.
    pub labels: usize,
    /// Number of entries in all tables together.
    pub table_entries: u64,
    /// How far a plan may look ahead.
    pub policy_length: usize,
    /// Number of policies.
    pub policies: u64,
    /// Multiply-adds of one step, as estimated by [`Cost`](super::Cost).
    pub operations: u64,
    /// Bytes that a model and one step need, as estimated by [`Cost`](super::Cost).
    pub bytes: u64,
    /// Number of expectations under `tests`.
    pub tests: usize,
    /// Ticks that may elapse between two steps.
    pub elapsed: u32,
    /// Number of problems that are reported; the rest is counted.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 8 << 20,
            depth: 32,
            nodes: 1_000_000,
            alias_nodes: 100_000,
            factors: 64,
            controls: 16,
            modalities: 64,
            labels: 4096,
            table_entries: 8_000_000,
            policy_length: 64,
            policies: 100_000,
            operations: 2_000_000_000,
            bytes: 512 << 20,
            tests: 1000,
            elapsed: MOST_ELAPSED,
            problems: 200,
        }
    }
}
