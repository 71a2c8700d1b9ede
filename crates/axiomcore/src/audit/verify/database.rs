//! Verifying what is in a database.

use std::time::Duration;

use super::{Against, Fault, Place, Report, Verifier, VerifyError};
use crate::audit::log::{self, CommittedLog};
use crate::audit::store;
use crate::store::{Connection, Database, Result};

/// Rows that are read at once.
const PAGE: usize = 5_000;

/// Verifies what is in a database, with the service's own log if it has one; blocks. A server may go on running meanwhile.
///
/// # Errors
/// If the database or the anchor cannot be read.
pub fn verify_database(
    database: &Database,
    own_log: Option<&dyn CommittedLog>,
    against: &Against<'_>,
) -> std::result::Result<Report, VerifyError> {
    let mut verifier = Verifier::new(against.key);
    let read = |connection: &mut dyn Connection| -> Result<std::io::Result<()>> {
        checkpoints(connection, &mut verifier)?;
        let anchored = verifier.anchor(against.anchor);
        entries(connection, &mut verifier)?;
        verifier.report.unchained = store::unchained(connection)?;
        Ok(anchored)
    };
    // One state of all of it: a checkpoint and what it has seen.
    database.read_blocking(read)??;
    let (mut report, statements) = verifier.finish();
    for said in statements.logs {
        let Some(own_log) = own_log else { break };
        let found = log::range(own_log, database, (said.after, said.to), u64::MAX, Duration::ZERO)?;
        report.log_rows += found.rows;
        if found != said {
            let place = Place::Log { after: said.after, to: said.to };
            let detail = format!("{} rows of it, of {} that a checkpoint has seen, or others", found.rows, said.rows);
            report.add(place, Fault::Altered, detail);
        }
    }
    Ok(report)
}

fn checkpoints(connection: &mut dyn Connection, verifier: &mut Verifier) -> Result<()> {
    let mut after = i64::MIN;
    loop {
        let page = store::checkpoints_after(connection, after, PAGE)?;
        page.iter().for_each(|(number, line)| verifier.checkpoint(number.unsigned_abs(), line));
        match page.last() {
            Some((number, _)) if page.len() == PAGE => after = *number,
            _ => return Ok(()),
        }
    }
}

fn entries(connection: &mut dyn Connection, verifier: &mut Verifier) -> Result<()> {
    for (workspace, seq, hash) in store::heads(connection)? {
        verifier.head(workspace, (seq, hash));
    }
    let mut after = (i64::MIN, i64::MIN);
    loop {
        let page = store::entries_after(connection, after, PAGE)?;
        let is_last = page.len() < PAGE;
        for row in page {
            after = (row.int(0)?, row.int(1)?);
            match store::link(row) {
                Ok(link) => verifier.entry(link),
                Err(error) => verifier.unreadable(after.0, after.1.unsigned_abs(), error.to_string()),
            }
        }
        if is_last {
            return Ok(());
        }
    }
}
