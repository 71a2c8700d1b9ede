//! The SQL of who made what.

use super::{Made, MadeKind};
use crate::clock::Timestamp;
use crate::store::{Connection, Result, Row};

/// Everything that was made in a workspace, and whether it works at the moment, the earliest first. A service account does
/// while a key opens it.
pub(super) fn all(connection: &mut dyn Connection, workspace: i64, now: Timestamp) -> Result<Vec<(Made, bool)>> {
    const WORKS: &str = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    let keys = format!(
        "SELECT id, created_by, created_at, CASE WHEN {WORKS} THEN 1 ELSE 0 END FROM credentials WHERE workspace = $1"
    );
    let opened = format!("SELECT service FROM credentials WHERE workspace = $1 AND service IS NOT NULL AND {WORKS}");
    let services = format!(
        "SELECT id, created_by, created_at, CASE WHEN id IN ({opened}) THEN 1 ELSE 0 END FROM services WHERE workspace = $1"
    );
    let users = "SELECT id, created_by, created_at, CASE status WHEN 'disabled' THEN 0 ELSE 1 END FROM users \
                 WHERE workspace = $1";
    let mut all = Vec::new();
    for (kind, sql) in [(MadeKind::Key, &*keys), (MadeKind::Service, &*services)] {
        let rows = connection.query(sql, &[workspace.into(), now.0.into()])?;
        all.extend(rows.into_iter().map(|row| made(kind, row)).collect::<Result<Vec<_>>>()?);
    }
    let rows = connection.query(users, &[workspace.into()])?;
    all.extend(rows.into_iter().map(|row| made(MadeKind::User, row)).collect::<Result<Vec<_>>>()?);
    all.sort_by(|(one, _), (other, _)| (one.made_at, one.kind, &one.id).cmp(&(other.made_at, other.kind, &other.id)));
    Ok(all)
}

/// The ids of a service account's keys that have not been revoked.
pub(super) fn keys_of_service(connection: &mut dyn Connection, workspace: i64, service: &str) -> Result<Vec<String>> {
    let sql = "SELECT id FROM credentials WHERE workspace = $1 AND service = $2 AND revoked_at IS NULL";
    let mut rows = connection.query(sql, &[workspace.into(), service.into()])?;
    rows.iter_mut().map(|row| row.text(0)).collect()
}

fn made(kind: MadeKind, mut row: Row) -> Result<(Made, bool)> {
    let (made_at, works) = (Timestamp(row.int(2)?), row.int(3)? == 1);
    Ok((Made { kind, id: row.text(0)?, made_by: row.text(1)?, made_at }, works))
}
