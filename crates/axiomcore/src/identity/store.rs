//! The SQL of workspaces and credentials.

use super::Permissions;
use super::key::Fingerprint;
use super::users::store::take_back_issued;
use crate::clock::Timestamp;
use crate::store::{Connection, Result, Row};

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
    /// The user whose it is: it may no more than they may at the moment, and nothing while they are disabled.
    pub owner: Option<String>,
    /// The service account that it opens.
    pub service: Option<String>,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<Timestamp>,
}

impl Key {
    /// One that never expires and belongs to nobody; `made` is when and by whom.
    pub(super) fn new(
        id: String,
        name: String,
        permissions: Permissions,
        (created_at, created_by): (Timestamp, String),
    ) -> Self {
        let (owner, service, expires_at, revoked_at, last_used_at) = (None, None, None, None, None);
        Self { id, name, permissions, created_at, created_by, owner, service, expires_at, revoked_at, last_used_at }
    }

    /// Whether it lets anybody in.
    pub(super) fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expiry| now < expiry)
    }
}

/// A key with what it is verified by.
pub(super) struct Stored {
    pub(super) key: Key,
    pub(super) fingerprint: Vec<u8>,
}

const COLUMNS: &str = "id, owner, name, fingerprint, permissions, created_at, created_by, expires_at, revoked_at, \
                       last_used_at, service";

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

/// Keeps a key, with the credential that it was made with.
pub(super) fn insert(
    connection: &mut dyn Connection,
    workspace: i64,
    key: &Key,
    fingerprint: &Fingerprint,
    made_with: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO credentials (workspace, id, kind, name, fingerprint, permissions, created_at, created_by, \
               expires_at, owner, service, made_with) VALUES ($1, $2, 'api_key', $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let permissions = key.permissions.text();
    let values = [
        workspace.into(),
        (&key.id).into(),
        (&key.name).into(),
        fingerprint.bytes().into(),
        (&permissions).into(),
        key.created_at.0.into(),
        (&key.created_by).into(),
        key.expires_at.map(|at| at.0).into(),
        key.owner.as_deref().into(),
        key.service.as_deref().into(),
        made_with.into(),
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

/// Those that may everything as far as their owners may, until somebody revokes them.
pub(super) fn list_lasting_of_everything(connection: &mut dyn Connection, workspace: i64) -> Result<Vec<Key>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM credentials WHERE workspace = $1 AND permissions = '*' AND revoked_at IS NULL \
         AND expires_at IS NULL"
    );
    let rows = connection.query(&sql, &[workspace.into()])?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.key)).collect()
}

/// The ids of a user's own keys that have not been revoked.
pub(super) fn list_of_owner(connection: &mut dyn Connection, workspace: i64, owner: &str) -> Result<Vec<String>> {
    let sql = "SELECT id FROM credentials WHERE workspace = $1 AND owner = $2 AND revoked_at IS NULL";
    let mut rows = connection.query(sql, &[workspace.into(), owner.into()])?;
    rows.iter_mut().map(|row| row.text(0)).collect()
}

/// Revokes all keys of a service account, and takes back the tickets that were issued with them.
pub(super) fn revoke_of_service(
    connection: &mut dyn Connection,
    workspace: i64,
    service: &str,
    now: Timestamp,
) -> Result<u64> {
    let sql = "UPDATE credentials SET revoked_at = $1 WHERE workspace = $2 AND service = $3 AND revoked_at IS NULL";
    let revoked = connection.execute(sql, &[now.0.into(), workspace.into(), service.into()])?;
    take_back_issued(connection, workspace, service)?;
    Ok(revoked)
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

/// Takes a key away without a trace; what it did goes on naming it. Says whether there was one.
pub(super) fn delete(connection: &mut dyn Connection, workspace: i64, id: &str) -> Result<bool> {
    let sql = "DELETE FROM credentials WHERE workspace = $1 AND id = $2";
    connection.execute(sql, &[workspace.into(), id.into()]).map(|changed| changed > 0)
}

/// Whether there was such a key that still worked. The tickets that were issued with it end with it.
pub(super) fn revoke(connection: &mut dyn Connection, workspace: i64, id: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE credentials SET revoked_at = $1 WHERE workspace = $2 AND id = $3 AND revoked_at IS NULL";
    let changed = connection.execute(sql, &[now.0.into(), workspace.into(), id.into()])?;
    take_back_issued(connection, workspace, id)?;
    Ok(changed > 0)
}

pub(super) fn record_use(connection: &mut dyn Connection, workspace: i64, id: &str, at: Timestamp) -> Result<()> {
    let sql = "UPDATE credentials SET last_used_at = $1 WHERE workspace = $2 AND id = $3";
    connection.execute(sql, &[at.0.into(), workspace.into(), id.into()]).map(|_| ())
}

fn stored(mut row: Row) -> Result<Stored> {
    let moment =
        |row: &Row, column| if row.is_null(column) { Ok(None) } else { row.int(column).map(|at| Some(Timestamp(at))) };
    let (expires_at, revoked_at, last_used_at) = (moment(&row, 7)?, moment(&row, 8)?, moment(&row, 9)?);
    let mut whose = |column| if row.is_null(column) { Ok(None) } else { row.text(column).map(Some) };
    let (owner, service) = (whose(1)?, whose(10)?);
    let key = Key {
        id: row.text(0)?,
        name: row.text(2)?,
        permissions: Permissions::from_text(&row.text(4)?),
        created_at: Timestamp(row.int(5)?),
        created_by: row.text(6)?,
        owner,
        service,
        expires_at,
        revoked_at,
        last_used_at,
    };
    Ok(Stored { key, fingerprint: row.bytes(3)? })
}
