//! The SQL of workspaces.

use super::Workspace;
use crate::clock::Timestamp;
use crate::store::{Connection, Result, Row};

pub(super) fn insert(connection: &mut dyn Connection, name: &str, now: Timestamp) -> Result<i64> {
    let sql = "INSERT INTO workspaces (name, created_at) VALUES ($1, $2) RETURNING id";
    let rows = connection.query(sql, &[name.into(), now.0.into()])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

pub(super) fn find(connection: &mut dyn Connection, id: i64) -> Result<Option<Workspace>> {
    let rows = connection.query("SELECT id, name, created_at FROM workspaces WHERE id = $1", &[id.into()])?;
    rows.into_iter().next().map(workspace).transpose()
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
