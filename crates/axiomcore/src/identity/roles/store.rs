//! The SQL of the roles that workspaces make.

use super::CustomRole;
use crate::clock::Timestamp;
use crate::identity::Permissions;
use crate::store::{Connection, Result, Row};

const COLUMNS: &str = "name, meaning, permissions, factor_required, created_at, created_by";

/// Keeps a role, with the credential that it was made with.
pub(super) fn insert(
    connection: &mut dyn Connection,
    workspace: i64,
    role: &CustomRole,
    made_with: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO roles (workspace, name, meaning, permissions, factor_required, created_at, created_by, made_with) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let permissions = role.permissions.text();
    let values = [
        workspace.into(),
        (&role.name).into(),
        (&role.meaning).into(),
        (&permissions).into(),
        i64::from(role.factor_required).into(),
        role.created_at.0.into(),
        (&role.created_by).into(),
        made_with.into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

pub(in crate::identity) fn find(
    connection: &mut dyn Connection,
    workspace: i64,
    name: &str,
) -> Result<Option<CustomRole>> {
    let sql = format!("SELECT {COLUMNS} FROM roles WHERE workspace = $1 AND name = $2");
    let rows = connection.query(&sql, &[workspace.into(), name.into()])?;
    rows.into_iter().next().map(role).transpose()
}

pub(super) fn list(connection: &mut dyn Connection, workspace: i64) -> Result<Vec<CustomRole>> {
    let sql = format!("SELECT {COLUMNS} FROM roles WHERE workspace = $1 ORDER BY name");
    connection.query(&sql, &[workspace.into()])?.into_iter().map(role).collect()
}

pub(in crate::identity) fn update(connection: &mut dyn Connection, workspace: i64, role: &CustomRole) -> Result<()> {
    let sql =
        "UPDATE roles SET meaning = $1, permissions = $2, factor_required = $3 WHERE workspace = $4 AND name = $5";
    let permissions = role.permissions.text();
    let values = [
        (&role.meaning).into(),
        (&permissions).into(),
        i64::from(role.factor_required).into(),
        workspace.into(),
        (&role.name).into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

pub(super) fn delete(connection: &mut dyn Connection, workspace: i64, name: &str) -> Result<()> {
    let sql = "DELETE FROM roles WHERE workspace = $1 AND name = $2";
    connection.execute(sql, &[workspace.into(), name.into()]).map(|_| ())
}

fn role(mut row: Row) -> Result<CustomRole> {
    Ok(CustomRole {
        name: row.text(0)?,
        meaning: row.text(1)?,
        permissions: Permissions::from_text(&row.text(2)?),
        factor_required: row.int(3)? != 0,
        created_at: Timestamp(row.int(4)?),
        created_by: row.text(5)?,
    })
}
