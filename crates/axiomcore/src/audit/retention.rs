//! Removing what is too old: whole beginnings of chains, in the transaction of the checkpoint that says so.

use super::chain::Hash;
use super::{hold, store};
use crate::clock::Timestamp;
use crate::store::{Connection, Result};

/// Entries that one checkpoint removes at most from a chain.
const BATCH: usize = 10_000;

/// Removes entries from before `cutoff` from the beginnings of all chains that are not held. The last entry of a chain
/// stays.
pub(super) fn trim(connection: &mut dyn Connection, cutoff: Timestamp) -> Result<()> {
    for (workspace, end, _) in store::heads(connection)? {
        let after = store::beginning(connection, workspace)?;
        if hold(connection, workspace)?.is_some() {
            continue;
        }
        // One row is looked at where there is nothing to remove.
        let mut last: Option<(u64, Hash)> = None;
        let mut limit = 1;
        loop {
            let from = last.map_or(after, |(seq, _)| seq);
            let page = store::moments_after(connection, (workspace, from), limit)?;
            let old = page.iter().take_while(|(seq, at, _)| *at < cutoff && *seq < end);
            last = old.last().map(|(seq, _, hash)| (*seq, *hash)).or(last);
            let is_done = page.is_empty() || last.map(|(seq, _)| seq) != page.last().map(|(seq, ..)| *seq);
            if is_done || limit == BATCH {
                break;
            }
            limit = BATCH;
        }
        if let Some(last) = last {
            store::remove_through(connection, workspace, last)?;
        }
    }
    Ok(())
}
