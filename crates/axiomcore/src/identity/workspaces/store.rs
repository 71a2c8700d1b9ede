//! The SQL of workspaces.

use super::Workspace;
use crate::clock::Timestamp;
use crate::identity::DEFAULT_WORKSPACE;
use crate::store::{Connection, Result, Row};

/// The number of no workspace: whoever names one that there is not is looked for all the same, and found nowhere.
const NOWHERE: i64 = 0;

pub(super) fn insert(connection: &mut dyn Connection, name: &str, now: Timestamp) -> Result<i64> {
    let sql = "INSERT INTO workspaces (name, created_at) VALUES ($1, $2) RETURNING id";
    let rows = connection.query(sql, &[name.into(), now.0.into()])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

pub(in crate::identity) fn find(connection: &mut dyn Connection, id: i64) -> Result<Option<Workspace>> {
    let rows = connection.query("SELECT id, name, created_at FROM workspaces WHERE id = $1", &[id.into()])?;
    rows.into_iter().next().map(workspace).transpose()
}

/// The number of the workspace that somebody names who is not in yet: of that name, or the default one.
pub(in crate::identity) fn number(connection: &mut dyn Connection, name: Option<&str>) -> Result<i64> {
    let Some(name) = name else { return Ok(DEFAULT_WORKSPACE) };
    let rows = connection.query("SELECT id FROM workspaces WHERE name = $1", &[name.into()])?;
    rows.first().map_or(Ok(NOWHERE), |row| row.int(0))
}

pub(super) fn list(connection: &mut dyn Connection) -> Result<Vec<Workspace>> {
    let rows = connection.query("SELECT id, name, created_at FROM workspaces ORDER BY id", &[])?;
    rows.into_iter().map(workspace).collect()
}

pub(super) fn rename(connection: &mut dyn Connection, id: i64, name: &str) -> Result<()> {
    connection.execute("UPDATE workspaces SET name = $1 WHERE id = $2", &[name.into(), id.into()]).map(|_| ())
}

fn workspace(mut row: Row) -> Result<Workspace> {
    Ok(Workspace { id: row.int(0)?, name: row.text(1)?, created_at: Timestamp(row.int(2)?) })
}
