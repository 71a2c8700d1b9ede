//! The SQL of the chains.

use super::chain::{BEGINNING, Content, Hash, Link};
use super::checkpoint::Chain;
use crate::clock::Timestamp;
use crate::store::{Connection, Error, Result, Row, Value};

/// As [`link`] reads them.
pub(super) const COLUMNS: &str = "workspace, seq, at, action, principal, subject, detail, salt, commitment, hash";

/// The number and hash of a workspace's last entry.
pub(super) fn head(connection: &mut dyn Connection, workspace: i64) -> Result<(u64, Hash)> {
    let sql = "SELECT seq, hash FROM audit_chains WHERE workspace = $1";
    let mut rows = connection.query(sql, &[workspace.into()])?;
    let Some(row) = rows.first_mut() else { return Ok((0, BEGINNING)) };
    Ok((row.int(0)?.unsigned_abs(), hash(row, 1)?))
}

pub(super) fn move_head(connection: &mut dyn Connection, workspace: i64, (seq, hash): (u64, Hash)) -> Result<()> {
    let sql = "INSERT INTO audit_chains (workspace, seq, hash, stated, after_seq, after_hash) VALUES ($1, $2, $3, 0, 0, $4) \
               ON CONFLICT (workspace) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    let values = [workspace.into(), (seq as i64).into(), hash.as_slice().into(), BEGINNING.as_slice().into()];
    connection.execute(sql, &values).map(|_| ())
}

pub(super) fn append(connection: &mut dyn Connection, links: &[Link]) -> Result<()> {
    let rows: Vec<Value<'_>> = links.iter().flat_map(values).collect();
    connection.insert_many(&format!("audit_entries ({COLUMNS})"), 10, &rows, "").map(|_| ())
}

fn values(link: &Link) -> [Value<'_>; 10] {
    let content = link.content.as_ref();
    let text = |text: fn(&Content) -> &str| Value::Text(content.map(text));
    [
        link.workspace.into(),
        (link.seq as i64).into(),
        link.at.0.into(),
        (&link.action).into(),
        text(|content| &content.principal),
        text(|content| &content.subject),
        text(|content| &content.detail),
        Value::Bytes(content.map(|content| content.salt.as_slice())),
        link.commitment.as_slice().into(),
        link.hash.as_slice().into(),
    ]
}

/// Entries in the order of workspaces and numbers, after this one, for [`link`] to read.
pub(super) fn entries_after(
    connection: &mut dyn Connection,
    (workspace, seq): (i64, i64),
    limit: usize,
) -> Result<Vec<Row>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_entries WHERE (workspace, seq) > ($1, $2) ORDER BY workspace, seq LIMIT $3"
    );
    connection.query(&sql, &[workspace.into(), seq.into(), (limit as i64).into()])
}

/// Checkpoints after one, each with the number under which it is kept.
pub(super) fn checkpoints_after(
    connection: &mut dyn Connection,
    number: i64,
    limit: usize,
) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT number, line FROM audit_checkpoints WHERE number > $1 ORDER BY number LIMIT $2";
    let rows = connection.query(sql, &[number.into(), (limit as i64).into()])?;
    rows.into_iter().map(|mut row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// The workspaces that have a chain, each with where it ends.
pub(crate) fn heads(connection: &mut dyn Connection) -> Result<Vec<(i64, u64, Hash)>> {
    let rows = connection.query("SELECT workspace, seq, hash FROM audit_chains ORDER BY workspace", &[])?;
    rows.into_iter().map(|mut row| Ok((row.int(0)?, row.int(1)?.unsigned_abs(), hash(&mut row, 2)?))).collect()
}

/// The last entry of a workspace that is no longer kept.
pub(super) fn beginning(connection: &mut dyn Connection, workspace: i64) -> Result<u64> {
    let rows = connection.query("SELECT after_seq FROM audit_chains WHERE workspace = $1", &[workspace.into()])?;
    rows.first().map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
}

/// Numbers, times and hashes of a workspace's entries after one.
pub(super) fn moments_after(
    connection: &mut dyn Connection,
    (workspace, seq): (i64, u64),
    limit: usize,
) -> Result<Vec<(u64, Timestamp, Hash)>> {
    let sql = "SELECT seq, at, hash FROM audit_entries WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let rows = connection.query(sql, &[workspace.into(), (seq as i64).into(), (limit as i64).into()])?;
    let moment = |mut row: Row| Ok((row.int(0)?.unsigned_abs(), Timestamp(row.int(1)?), hash(&mut row, 2)?));
    rows.into_iter().map(moment).collect()
}

/// Removes a workspace's entries up to this one, so that the next checkpoint has to say so.
pub(super) fn remove_through(connection: &mut dyn Connection, workspace: i64, (seq, hash): (u64, Hash)) -> Result<()> {
    let (seq, hash) = (Value::from(seq as i64), hash.as_slice());
    connection.execute("DELETE FROM audit_entries WHERE workspace = $1 AND seq <= $2", &[workspace.into(), seq])?;
    let sql = "UPDATE audit_chains SET after_seq = $2, after_hash = $3, stated = 0 WHERE workspace = $1";
    connection.execute(sql, &[workspace.into(), seq, hash.into()]).map(|_| ())
}

/// Chains that have changed since the last checkpoint.
pub(super) fn unstated(connection: &mut dyn Connection) -> Result<Vec<Chain>> {
    let sql =
        "SELECT workspace, after_seq, after_hash, seq, hash FROM audit_chains WHERE stated <> seq ORDER BY workspace";
    let chain = |mut row: Row| {
        let (workspace, after, seq) = (row.int(0)?, row.int(1)?.unsigned_abs(), row.int(3)?.unsigned_abs());
        Ok(Chain { workspace, after, after_hash: hash(&mut row, 2)?, seq, hash: hash(&mut row, 4)? })
    };
    connection.query(sql, &[])?.into_iter().map(chain).collect()
}

/// Keeps a checkpoint of all chains that had changed.
pub(super) fn insert_checkpoint(connection: &mut dyn Connection, number: u64, line: &str) -> Result<()> {
    let sql = "INSERT INTO audit_checkpoints (number, line) VALUES ($1, $2)";
    connection.execute(sql, &[(number as i64).into(), line.into()])?;
    connection.execute("UPDATE audit_chains SET stated = seq WHERE stated <> seq", &[]).map(|_| ())
}

pub(super) fn last_checkpoint(connection: &mut dyn Connection) -> Result<Option<String>> {
    let rows = connection.query("SELECT line FROM audit_checkpoints ORDER BY number DESC LIMIT 1", &[])?;
    rows.into_iter().next().map(|mut row| row.text(0)).transpose()
}

pub(super) fn sealed_key(connection: &mut dyn Connection) -> Result<Option<Vec<u8>>> {
    let rows = connection.query("SELECT sealed FROM audit_keys WHERE id = 1", &[])?;
    rows.into_iter().next().map(|mut row| row.bytes(0)).transpose()
}

pub(super) fn insert_key(connection: &mut dyn Connection, sealed: &[u8]) -> Result<()> {
    connection.execute("INSERT INTO audit_keys (id, sealed) VALUES (1, $1)", &[sealed.into()]).map(|_| ())
}

/// Puts another key in the place of the one that there is.
pub(super) fn replace_key(connection: &mut dyn Connection, sealed: &[u8]) -> Result<()> {
    connection.execute("UPDATE audit_keys SET sealed = $1 WHERE id = 1", &[sealed.into()]).map(|_| ())
}

/// Whether anything waits for its chain.
pub(super) fn is_waiting(connection: &mut dyn Connection) -> Result<bool> {
    connection.query("SELECT id FROM outbox LIMIT 1", &[]).map(|rows| !rows.is_empty())
}

/// How many entries are not chained yet.
pub(super) fn unchained(connection: &mut dyn Connection) -> Result<u64> {
    let rows = connection.query("SELECT count(*) FROM outbox", &[])?;
    rows.first().map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
}

pub(super) fn link(mut row: Row) -> Result<Link> {
    let erased = (4..8).all(|column| row.is_null(column));
    let content = if erased {
        None
    } else {
        let (principal, subject, detail) = (row.text(4)?, row.text(5)?, row.text(6)?);
        let salt = row.bytes(7)?.try_into().map_err(|_| Error::Corrupt("a salt that is not 16 bytes".into()))?;
        Some(Content { principal, subject, detail, salt })
    };
    Ok(Link {
        workspace: row.int(0)?,
        seq: row.int(1)?.unsigned_abs(),
        at: Timestamp(row.int(2)?),
        action: row.text(3)?,
        content,
        commitment: hash(&mut row, 8)?,
        hash: hash(&mut row, 9)?,
    })
}

fn hash(row: &mut Row, column: usize) -> Result<Hash> {
    row.bytes(column)?.try_into().map_err(|_| Error::Corrupt("a hash that is not 32 bytes".into()))
}
