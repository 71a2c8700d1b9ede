//! The SQL of who made and gave what.

use super::{Made, MadeKind, given};
use crate::clock::Timestamp;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result, Row, Value};

/// Something that was made, given or let in again at some time.
pub(super) struct Known {
    pub(super) made: Made,
    /// Whether it is there and works at the moment.
    pub(super) works: bool,
    /// From when on it does what it does because of who is named: all the time, if they have made it.
    pub(super) from: Timestamp,
}

const WORKS: &str = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";

/// All that a workspace knows of, also of who is gone, the earliest first. A service account works while a key opens it.
pub(super) fn known(connection: &mut dyn Connection, workspace: i64, now: Timestamp) -> Result<Vec<Known>> {
    let keys = format!(
        "SELECT id, created_by, created_at, CASE WHEN {WORKS} THEN 1 ELSE 0 END, made_with FROM credentials \
         WHERE workspace = $1"
    );
    let opened = format!("SELECT service FROM credentials WHERE workspace = $1 AND service IS NOT NULL AND {WORKS}");
    let services = format!(
        "SELECT id, created_by, created_at, CASE WHEN id IN ({opened}) THEN 1 ELSE 0 END, made_with FROM services \
         WHERE workspace = $1"
    );
    let users = "SELECT id, created_by, created_at, CASE status WHEN 'disabled' THEN 0 ELSE 1 END, made_with FROM users \
                 WHERE workspace = $1";
    let given = "SELECT bearer, given_by, given_at, 1, given_with, role FROM given_roles WHERE workspace = $1";
    let roles = "SELECT name, created_by, created_at, 1, made_with FROM roles WHERE workspace = $1";
    let widened = "SELECT role, given_by, given_at, 1, given_with, permission FROM widened_roles WHERE workspace = $1";
    let tickets = "SELECT user_id, issued_by, issued_at, CASE WHEN expires_at > $2 THEN 1 ELSE 0 END, issued_with \
                   FROM tickets WHERE workspace = $1 AND issued_in = $1";
    let departed = "SELECT id, made_by, made_at, 0, made_with FROM departed WHERE workspace = $1";
    let here: [Value<'_>; 1] = [workspace.into()];
    let at_this_time: [Value<'_>; 2] = [workspace.into(), now.0.into()];
    let mut all = Vec::new();
    for (kind, sql, values) in [
        (MadeKind::Key, &*keys, &at_this_time[..]),
        (MadeKind::Service, &*services, &at_this_time[..]),
        (MadeKind::User, users, &here[..]),
        (MadeKind::User, departed, &here[..]),
        (MadeKind::CustomRole, roles, &here[..]),
        (MadeKind::Permission, widened, &here[..]),
        (MadeKind::Role, given, &here[..]),
        (MadeKind::Ticket, tickets, &at_this_time[..]),
    ] {
        for row in connection.query(sql, values)? {
            let (made, works) = made(kind, row)?;
            all.push(Known { made, works, from: Timestamp(i64::MIN) });
        }
    }
    all.extend(let_in(connection, workspace)?);
    let order = |known: &Known| (known.made.made_at, known.made.kind, known.made.id.clone());
    all.sort_by_cached_key(order);
    Ok(all)
}

/// Who was let in again by whom. As long as they are not disabled the last who enabled them counts, and the last whose ticket
/// they have taken up.
fn let_in(connection: &mut dyn Connection, workspace: i64) -> Result<Vec<Known>> {
    let sql = "SELECT one.user_id, one.let_in_by, one.at, CASE WHEN one.user_id IN (SELECT id FROM users \
               WHERE workspace = $1 AND status <> 'disabled') AND NOT EXISTS (SELECT 1 FROM let_in later \
               WHERE later.workspace = one.workspace AND later.user_id = one.user_id AND later.how = one.how \
               AND later.at > one.at) THEN 1 ELSE 0 END, one.let_in_with \
               FROM let_in one WHERE one.workspace = $1 AND one.let_in_by IS NOT NULL";
    let known = |row| {
        let (made, works) = made(MadeKind::User, row)?;
        Ok(Known { from: made.made_at, made, works })
    };
    connection.query(sql, &[workspace.into()])?.into_iter().map(known).collect()
}

/// The ids of a service account's keys that have not been revoked.
pub(super) fn keys_of_service(connection: &mut dyn Connection, workspace: i64, service: &str) -> Result<Vec<String>> {
    let sql = "SELECT id FROM credentials WHERE workspace = $1 AND service = $2 AND revoked_at IS NULL";
    let mut rows = connection.query(sql, &[workspace.into(), service.into()])?;
    rows.iter_mut().map(|row| row.text(0)).collect()
}

/// Keeps of somebody in `users`, or something in `services`, who is about to be deleted, who had made them: what they have
/// made themselves is found through that. Who gave them which role nobody asks any more.
pub(in crate::identity) fn departs(connection: &mut dyn Connection, table: &'static str, place: &Place) -> Result<()> {
    let sql = format!(
        "INSERT INTO departed (workspace, id, made_by, made_at, made_with) SELECT workspace, id, created_by, created_at, \
         made_with FROM {table} WHERE workspace = $1 AND id = $2 ON CONFLICT (workspace, id) DO NOTHING"
    );
    connection.execute(&sql, &[place.workspace.into(), (&place.id).into()])?;
    given::ROLES.forget_all(connection, place)
}

/// Something by its id, who made it, when, whether it works, with which credential, and what of it is meant.
fn made(kind: MadeKind, mut row: Row) -> Result<(Made, bool)> {
    let (id, made_by, made_at, works) = (row.text(0)?, row.text(1)?, Timestamp(row.int(2)?), row.int(3)? == 1);
    let made_with = if row.is_null(4) { None } else { Some(row.text(4)?) };
    let (role, permission) = match kind {
        MadeKind::Role => (Some(row.text(5)?), None),
        MadeKind::Permission => (Some(id.clone()), Some(row.text(5)?)),
        MadeKind::CustomRole => (Some(id.clone()), None),
        _ => (None, None),
    };
    Ok((Made { kind, id, role, permission, made_by, made_with, made_at }, works))
}
