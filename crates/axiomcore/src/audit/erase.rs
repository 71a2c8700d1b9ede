//! Erasing what entries say about somebody; that there were entries remains, and so does the chain.

use serde_json::json;

use super::{Audit, AuditError, Entry, hold, sequence, sequencer};
use crate::store::{Connection, Result, Value};

/// The action of entries that say what was erased. They are never erased themselves.
pub(super) const ERASE: &str = "audit.erase";

/// Runs of numbers that one entry about an erasure names at most.
const RANGES: usize = 1_000;

/// Which entries of a workspace are to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erase {
    /// Those with numbers from the first to the second.
    Range(u64, u64),
    /// Those of what somebody did.
    Principal(String),
    /// Those of what was done to something or somebody.
    Subject(String),
}

impl Audit {
    /// Takes principal, subject, detail and salt away from entries of a workspace, and says so in an entry by `principal`;
    /// blocks. Commitments and hashes stay. Says how many entries that were.
    ///
    /// # Errors
    /// If the workspace is held, the database fails or there is no randomness.
    pub fn erase_blocking(
        &self,
        workspace: i64,
        which: &Erase,
        principal: &str,
    ) -> std::result::Result<u64, AuditError> {
        // What somebody did a moment ago is erased as well.
        self.sequence_blocking()?;
        let parts = self.parts();
        let entry = Entry { workspace, at: parts.clock.now(), principal, action: ERASE };
        let erase = |connection: &mut dyn Connection| {
            sequencer::lock(connection)?;
            if hold(connection, workspace)?.is_some() {
                return Ok(None);
            }
            let erased = empty(connection, workspace, which)?;
            for ranges in ranges(&erased).chunks(RANGES) {
                entry.write(connection, "entries", &json!({ "ranges": ranges }))?;
            }
            // In the same transaction: nobody sees entries that are empty without one that says so.
            while sequence(connection, parts.entropy.as_ref())? == sequencer::BATCH {}
            Ok(Some(erased.len() as u64))
        };
        let erased = parts.database.write_blocking(erase)?.ok_or(AuditError::Held)?;
        parts.database.forget_blocking()?;
        Ok(erased)
    }
}

/// The numbers of those that were emptied, ascending.
fn empty(connection: &mut dyn Connection, workspace: i64, which: &Erase) -> Result<Vec<i64>> {
    let (condition, mut values) = match which {
        Erase::Range(first, last) => {
            let bound = |seq: &u64| Value::from(i64::try_from(*seq).unwrap_or(i64::MAX));
            ("seq BETWEEN $3 AND $4", vec![bound(first), bound(last)])
        }
        Erase::Principal(name) => ("principal = $3", vec![Value::from(name)]),
        Erase::Subject(name) => ("subject = $3", vec![Value::from(name)]),
    };
    let sql = format!(
        "UPDATE audit_entries SET principal = NULL, subject = NULL, detail = NULL, salt = NULL \
         WHERE workspace = $1 AND action <> $2 AND salt IS NOT NULL AND {condition} RETURNING seq"
    );
    values.splice(0..0, [workspace.into(), ERASE.into()]);
    let rows = connection.query(&sql, &values)?;
    let mut erased = rows.iter().map(|row| row.int(0)).collect::<Result<Vec<i64>>>()?;
    erased.sort_unstable();
    Ok(erased)
}

/// Ascending numbers as runs of neighbours, each as its first and last.
fn ranges(numbers: &[i64]) -> Vec<(i64, i64)> {
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    runs.filter_map(|run| Some((*run.first()?, *run.last()?))).collect()
}
