//! Which node sends, and where it has got to.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::{Connection, Result};

/// How long a node that says nothing keeps the lease.
const TERM: Duration = Duration::from_secs(15);

/// Takes the lease, or keeps it; says whether this node has it. A node is known by a random name.
pub(super) fn hold(connection: &mut dyn Connection, node: &str, now: Timestamp) -> Result<bool> {
    let sql = "INSERT INTO audit_senders (id, node, until) VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE \
               SET node = excluded.node, until = excluded.until \
               WHERE audit_senders.node = excluded.node OR audit_senders.until < $3";
    let values = [node.into(), now.plus(TERM).0.into(), now.0.into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Lets the lease go, so that another node need not wait for its end.
pub(super) fn release(connection: &mut dyn Connection, node: &str) -> Result<()> {
    connection.execute("UPDATE audit_senders SET until = 0 WHERE node = $1", &[node.into()]).map(|_| ())
}

/// The last entry of each workspace that counts as delivered.
pub(super) fn delivered(connection: &mut dyn Connection) -> Result<Vec<(i64, u64)>> {
    let rows = connection.query("SELECT workspace, seq FROM audit_sent ORDER BY workspace", &[])?;
    rows.into_iter().map(|row| Ok((row.int(0)?, row.int(1)?.unsigned_abs()))).collect()
}

/// Writes down how far it has got. It never goes back.
pub(super) fn deliver(connection: &mut dyn Connection, workspace: i64, seq: u64) -> Result<()> {
    let sql = "INSERT INTO audit_sent (workspace, seq) VALUES ($1, $2) ON CONFLICT (workspace) DO UPDATE \
               SET seq = excluded.seq WHERE audit_sent.seq < excluded.seq";
    connection.execute(sql, &[workspace.into(), (seq as i64).into()]).map(|_| ())
}
