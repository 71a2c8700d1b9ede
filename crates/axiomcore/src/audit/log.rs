//! The service's own log, if it has one whose rows are committed to: checkpoints cover it too.

use std::fmt;
use std::time::Duration;

use super::chain::Hash;
use super::checkpoint::LogRange;
use super::merkle::Tree;
use crate::store::{Connection, Database, Result};

/// A log whose rows are numbered and committed to one by one.
pub trait CommittedLog: fmt::Debug + Send + Sync + 'static {
    /// The last row up to which nothing can appear any more; blocks.
    ///
    /// # Errors
    /// If the database fails.
    fn settled(&self, database: &Database) -> Result<u64>;

    /// The numbers and commitments of rows after `after` and up to `to`, in their order, at most `limit` of them.
    ///
    /// # Errors
    /// If the database fails.
    fn commitments(
        &self,
        connection: &mut dyn Connection,
        after: u64,
        to: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Hash)>>;
}

/// Rows that are read at once: some two milliseconds' work.
const PAGE: usize = 1_000;

/// What a checkpoint says of the rows after `after` and up to `to`, or up to the last of `most` of them; blocks. A page
/// is a transaction, and after each there is a `pause`: a service that goes on writing is not held up.
pub(super) fn range(
    log: &dyn CommittedLog,
    database: &Database,
    (after, to): (u64, u64),
    most: u64,
    pause: Duration,
) -> Result<LogRange> {
    let (mut tree, mut last) = (Tree::default(), after);
    while tree.rows() < most {
        let page = database.read_blocking(|connection| log.commitments(connection, last, to, PAGE))?;
        page.iter().for_each(|(number, commitment)| tree.push(*number, commitment));
        match page.last() {
            Some((number, _)) if page.len() == PAGE => {
                last = *number;
                std::thread::sleep(pause);
            }
            _ => return Ok(LogRange { after, to, rows: tree.rows(), root: tree.root() }),
        }
    }
    Ok(LogRange { after, to: last, rows: tree.rows(), root: tree.root() })
}
