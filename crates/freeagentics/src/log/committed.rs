//! The log as the audit's checkpoints cover it.

use axiomcore::audit::{CommittedLog, Hash};
use axiomcore::store::{Connection, Database, Dialect, Error, Result};

use super::history;

/// The events, by their numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommittedEvents;

impl CommittedLog for CommittedEvents {
    fn settled(&self, database: &Database) -> Result<u64> {
        if database.dialect() == Dialect::Sqlite {
            return database.read_blocking(history::newest);
        }
        // A statement that appends takes its numbers after it has this table, so whoever has a number has ended by the time
        // the lock is ours; what appends later gets higher ones.
        database.write_blocking(|connection| {
            connection.execute("LOCK TABLE events IN SHARE MODE", &[])?;
            history::newest(connection)
        })
    }

    fn commitments(
        &self,
        connection: &mut dyn Connection,
        after: u64,
        to: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Hash)>> {
        let sql = "SELECT seq, commitment FROM events WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
        let rows = connection.query(sql, &[(after as i64).into(), (to as i64).into(), (limit as i64).into()])?;
        let commitment = |mut row: axiomcore::store::Row| {
            let (seq, bytes) = (row.int(0)?.unsigned_abs(), row.bytes(1)?);
            let hash = bytes.try_into().map_err(|_| Error::Corrupt(format!("event {seq} has no commitment")))?;
            Ok((seq, hash))
        };
        rows.into_iter().map(commitment).collect()
    }
}
