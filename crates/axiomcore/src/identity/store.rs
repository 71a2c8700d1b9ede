//! The SQL of workspaces and credentials.

use super::key::Fingerprint;
use super::{Permissions, PrincipalKind};
use crate::clock::Timestamp;
use crate::store::{Connection, Error, Result, Row};

/// The workspace that every installation has.
pub const DEFAULT_WORKSPACE: i64 = 1;

/// A stored API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id within the workspace, which is also its principal's.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<Timestamp>,
}

impl Key {
    /// Whether it lets anybody in.
    pub(super) fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expiry| now < expiry)
    }
}

/// A key with what it is verified by.
pub(super) struct Stored {
    pub(super) key: Key,
    pub(super) kind: PrincipalKind,
    pub(super) fingerprint: Vec<u8>,
}

const COLUMNS: &str =
    "id, kind, name, fingerprint, permissions, created_at, created_by, expires_at, revoked_at, last_used_at";

pub(super) fn insert_default_workspace(connection: &mut dyn Connection, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO workspaces (name, created_at) VALUES ('default', $1) ON CONFLICT DO NOTHING";
    connection.execute(sql, &[now.0.into()]).map(|_| ())
}

/// Lets one node at a time go on; the others wait until its transaction has ended. (SQLite has one writer anyway.)
pub(super) fn lock_default_workspace(connection: &mut dyn Connection) -> Result<()> {
    let sql = "UPDATE workspaces SET name = name WHERE id = $1";
    connection.execute(sql, &[DEFAULT_WORKSPACE.into()]).map(|_| ())
}

pub(super) fn count(connection: &mut dyn Connection) -> Result<i64> {
    let rows = connection.query("SELECT count(*) FROM credentials", &[])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

pub(super) fn insert(
    connection: &mut dyn Connection,
    workspace: i64,
    key: &Key,
    fingerprint: &Fingerprint,
) -> Result<()> {
    let sql = "INSERT INTO credentials (workspace, id, kind, name, fingerprint, permissions, created_at, created_by, \
               expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let permissions = key.permissions.text();
    let values = [
        workspace.into(),
        (&key.id).into(),
        PrincipalKind::ApiKey.name().into(),
        (&key.name).into(),
        fingerprint.bytes().into(),
        (&permissions).into(),
        key.created_at.0.into(),
        (&key.created_by).into(),
        key.expires_at.map(|at| at.0).into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

pub(super) fn find(connection: &mut dyn Connection, workspace: i64, id: &str) -> Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM credentials WHERE workspace = $1 AND id = $2");
    let rows = connection.query(&sql, &[workspace.into(), id.into()])?;
    rows.into_iter().next().map(stored).transpose()
}

pub(super) fn list(connection: &mut dyn Connection, workspace: i64) -> Result<Vec<Key>> {
    let sql = format!("SELECT {COLUMNS} FROM credentials WHERE workspace = $1 ORDER BY id");
    let rows = connection.query(&sql, &[workspace.into()])?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.key)).collect()
}

/// The keys of all workspaces.
pub(super) fn list_all(connection: &mut dyn Connection) -> Result<Vec<Key>> {
    let rows = connection.query(&format!("SELECT {COLUMNS} FROM credentials"), &[])?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.key)).collect()
}

/// Gives the operator's key another text; it works again if it had been revoked.
pub(super) fn replace(
    connection: &mut dyn Connection,
    workspace: i64,
    id: &str,
    fingerprint: &Fingerprint,
) -> Result<()> {
    let sql = "UPDATE credentials SET fingerprint = $1, revoked_at = NULL WHERE workspace = $2 AND id = $3";
    connection.execute(sql, &[fingerprint.bytes().into(), workspace.into(), id.into()]).map(|_| ())
}

/// Takes a key away without a trace; what it did goes on naming it.
pub(super) fn delete(connection: &mut dyn Connection, workspace: i64, id: &str) -> Result<()> {
    let sql = "DELETE FROM credentials WHERE workspace = $1 AND id = $2";
    connection.execute(sql, &[workspace.into(), id.into()]).map(|_| ())
}

/// Whether there was such a key that still worked.
pub(super) fn revoke(connection: &mut dyn Connection, workspace: i64, id: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE credentials SET revoked_at = $1 WHERE workspace = $2 AND id = $3 AND revoked_at IS NULL";
    connection.execute(sql, &[now.0.into(), workspace.into(), id.into()]).map(|changed| changed > 0)
}

pub(super) fn record_use(connection: &mut dyn Connection, workspace: i64, id: &str, at: Timestamp) -> Result<()> {
    let sql = "UPDATE credentials SET last_used_at = $1 WHERE workspace = $2 AND id = $3";
    connection.execute(sql, &[at.0.into(), workspace.into(), id.into()]).map(|_| ())
}

fn stored(mut row: Row) -> Result<Stored> {
    let kind = row.text(1)?;
    let kind = PrincipalKind::named(&kind).ok_or_else(|| Error::Corrupt(format!("a credential of kind `{kind}`")))?;
    let moment =
        |row: &Row, column| if row.is_null(column) { Ok(None) } else { row.int(column).map(|at| Some(Timestamp(at))) };
    let (expires_at, revoked_at, last_used_at) = (moment(&row, 7)?, moment(&row, 8)?, moment(&row, 9)?);
    let key = Key {
        id: row.text(0)?,
        name: row.text(2)?,
        permissions: Permissions::from_text(&row.text(4)?),
        created_at: Timestamp(row.int(5)?),
        created_by: row.text(6)?,
        expires_at,
        revoked_at,
        last_used_at,
    };
    Ok(Stored { key, kind, fingerprint: row.bytes(3)? })
}
