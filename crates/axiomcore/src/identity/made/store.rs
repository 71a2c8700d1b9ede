//! The SQL of who made and gave what.

use super::{Made, MadeKind};
use crate::clock::Timestamp;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result, Row, Value};

/// What a workspace knows of who made what.
pub(super) struct Told {
    /// Everything that there is, and whether it works at the moment, the earliest first.
    pub(super) all: Vec<(Made, bool)>,
    /// Who has gone, and who had made them.
    pub(super) departed: Vec<(String, String)>,
}

/// All of it. A service account works while a key opens it.
pub(super) fn told(connection: &mut dyn Connection, workspace: i64, now: Timestamp) -> Result<Told> {
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
    let roles = "SELECT bearer, given_by, given_at, 1, role FROM given_roles WHERE workspace = $1";
    let tickets = "SELECT user_id, issued_by, issued_at, CASE WHEN expires_at > $2 THEN 1 ELSE 0 END FROM tickets \
                   WHERE workspace = $1 AND issued_in = $1";
    let here: [Value<'_>; 1] = [workspace.into()];
    let at_this_time: [Value<'_>; 2] = [workspace.into(), now.0.into()];
    let mut all = Vec::new();
    for (kind, sql, values) in [
        (MadeKind::Key, &*keys, &at_this_time[..]),
        (MadeKind::Service, &*services, &at_this_time[..]),
        (MadeKind::User, users, &here[..]),
        (MadeKind::Role, roles, &here[..]),
        (MadeKind::Ticket, tickets, &at_this_time[..]),
    ] {
        let rows = connection.query(sql, values)?;
        all.extend(rows.into_iter().map(|row| made(kind, row)).collect::<Result<Vec<_>>>()?);
    }
    all.sort_by(|(one, _), (other, _)| (one.made_at, one.kind, &one.id).cmp(&(other.made_at, other.kind, &other.id)));
    let mut rows = connection.query("SELECT id, made_by FROM departed WHERE workspace = $1", &here)?;
    let departed = rows.iter_mut().map(|row| Ok((row.text(0)?, row.text(1)?))).collect::<Result<_>>()?;
    Ok(Told { all, departed })
}

/// The ids of a service account's keys that have not been revoked.
pub(super) fn keys_of_service(connection: &mut dyn Connection, workspace: i64, service: &str) -> Result<Vec<String>> {
    let sql = "SELECT id FROM credentials WHERE workspace = $1 AND service = $2 AND revoked_at IS NULL";
    let mut rows = connection.query(sql, &[workspace.into(), service.into()])?;
    rows.iter_mut().map(|row| row.text(0)).collect()
}

/// Keeps of somebody in `users`, or something in `services`, who is about to be deleted, who had made them: what they have
/// made themselves is found through that. Who gave them which role nobody asks any more.
pub(in crate::identity) fn departs(
    connection: &mut dyn Connection,
    table: &'static str,
    Place { workspace, id }: &Place,
) -> Result<()> {
    let values = [(*workspace).into(), id.into()];
    let sql = format!(
        "INSERT INTO departed (workspace, id, made_by, made_at) SELECT workspace, id, created_by, created_at FROM {table} \
         WHERE workspace = $1 AND id = $2 ON CONFLICT (workspace, id) DO NOTHING"
    );
    connection.execute(&sql, &values)?;
    connection.execute("DELETE FROM given_roles WHERE workspace = $1 AND bearer = $2", &values).map(|_| ())
}

fn made(kind: MadeKind, mut row: Row) -> Result<(Made, bool)> {
    let (made_at, works) = (Timestamp(row.int(2)?), row.int(3)? == 1);
    let role = if kind == MadeKind::Role { Some(row.text(4)?) } else { None };
    Ok((Made { kind, id: row.text(0)?, role, made_by: row.text(1)?, made_at }, works))
}
