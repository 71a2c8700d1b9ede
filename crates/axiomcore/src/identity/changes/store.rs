//! The SQL of the feed.

use super::Change;
use crate::clock::Timestamp;
use crate::store::{Connection, Result};

pub(super) fn append(connection: &mut dyn Connection, workspace: i64, principal: &str, at: Timestamp) -> Result<()> {
    let sql = "INSERT INTO identity_changes (workspace, principal, at) VALUES ($1, $2, $3)";
    connection.execute(sql, &[workspace.into(), principal.into(), at.0.into()]).map(|_| ())
}

/// The number of the last line.
pub(super) fn last(connection: &mut dyn Connection) -> Result<i64> {
    let rows = connection.query("SELECT COALESCE(MAX(seq), 0) FROM identity_changes", &[])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// What was written after a line, with the number of the last one.
pub(super) fn after(connection: &mut dyn Connection, seen: i64) -> Result<(i64, Vec<Change>)> {
    let sql = "SELECT seq, workspace, principal FROM identity_changes WHERE seq > $1 ORDER BY seq";
    let (mut last, mut lines) = (seen, Vec::new());
    for mut row in connection.query(sql, &[seen.into()])? {
        last = row.int(0)?;
        lines.push(Change { workspace: row.int(1)?, principal: row.text(2)? });
    }
    Ok((last, lines))
}

/// The last line stays: without it SQLite would give its number again.
pub(super) fn prune(connection: &mut dyn Connection, before: Timestamp) -> Result<()> {
    let sql = "DELETE FROM identity_changes WHERE at < $1 AND seq < (SELECT MAX(seq) FROM identity_changes)";
    connection.execute(sql, &[before.0.into()]).map(|_| ())
}
