//! The SQL of sessions.

use super::text::Text;
use super::{Origin, Session};
use crate::clock::Timestamp;
use crate::identity::factors::store as factors;
use crate::identity::key::Fingerprint;
use crate::identity::users::store::{self as users, Place};
use crate::store::{Connection, Result, Row};

/// A session with whose it is and what it is verified by.
pub(in crate::identity) struct Stored {
    pub(in crate::identity) place: Place,
    pub(in crate::identity) session: Session,
    pub(in crate::identity) fingerprint: Vec<u8>,
    pub(in crate::identity) has_ended: bool,
    /// What all its refresh tokens have in common; a session in a cookie has none.
    pub(super) family: Option<Vec<u8>>,
}

const COLUMNS: &str =
    "id, workspace, user_id, fingerprint, created_at, last_used_at, expires_at, ended_at, address, client, family";

pub(super) fn insert(connection: &mut dyn Connection, place: &Place, session: &Session, text: &Text) -> Result<()> {
    let sql = "INSERT INTO sessions (id, workspace, user_id, fingerprint, created_at, last_used_at, expires_at, \
               address, client, family) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = [
        (&session.id).into(),
        place.workspace.into(),
        (&place.id).into(),
        text.fingerprint.bytes().into(),
        session.created_at.0.into(),
        session.last_used_at.0.into(),
        session.expires_at.0.into(),
        (&session.origin.address).into(),
        (&session.origin.client).into(),
        text.family.as_ref().map(Fingerprint::bytes).into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

pub(in crate::identity) fn find(connection: &mut dyn Connection, id: &str) -> Result<Option<Stored>> {
    let rows = connection.query(&format!("SELECT {COLUMNS} FROM sessions WHERE id = $1"), &[id.into()])?;
    rows.into_iter().next().map(stored).transpose()
}

/// Puts the next refresh token in the place of this one. Says whether this one was the last.
pub(super) fn rotate(
    connection: &mut dyn Connection,
    id: &str,
    old: &Fingerprint,
    next: &Fingerprint,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE sessions SET fingerprint = $1, last_used_at = $2 \
               WHERE id = $3 AND fingerprint = $4 AND ended_at IS NULL";
    let values = [next.bytes().into(), now.0.into(), id.into(), old.bytes().into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Those that have not ended, newest first.
pub(super) fn list(connection: &mut dyn Connection, place: &Place) -> Result<Vec<Session>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions WHERE workspace = $1 AND user_id = $2 AND ended_at IS NULL \
         ORDER BY created_at DESC, id"
    );
    let rows = connection.query(&sql, &[place.workspace.into(), (&place.id).into()])?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.session)).collect()
}

/// Whether there was such a session of this user's that went on.
pub(super) fn end(connection: &mut dyn Connection, place: &Place, id: &str, now: Timestamp) -> Result<bool> {
    let sql =
        "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND workspace = $3 AND user_id = $4 AND ended_at IS NULL";
    let values = [now.0.into(), id.into(), place.workspace.into(), (&place.id).into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

pub(in crate::identity) fn end_all(connection: &mut dyn Connection, place: &Place, now: Timestamp) -> Result<()> {
    end_others(connection, place, None, now)
}

/// Ends all but one, and what has begun with a password and waits for a second factor, or is to become one.
pub(in crate::identity) fn end_others(
    connection: &mut dyn Connection,
    place: &Place,
    keep: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    users::hold(connection, place)?;
    factors::delete_challenges(connection, place)?;
    factors::delete_begun(connection, place)?;
    let sql =
        "UPDATE sessions SET ended_at = $1 WHERE workspace = $2 AND user_id = $3 AND id <> $4 AND ended_at IS NULL";
    let values = [now.0.into(), place.workspace.into(), (&place.id).into(), keep.unwrap_or_default().into()];
    connection.execute(sql, &values).map(|_| ())
}

/// Whether there are sessions that were last used before.
pub(super) fn has_older(connection: &mut dyn Connection, before: Timestamp) -> Result<bool> {
    let sql = "SELECT id FROM sessions WHERE last_used_at < $1 LIMIT 1";
    connection.query(sql, &[before.0.into()]).map(|rows| !rows.is_empty())
}

/// Forgets sessions that were last used before, at most so many.
pub(super) fn prune(connection: &mut dyn Connection, before: Timestamp, most: usize) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE last_used_at < $1 LIMIT $2)";
    connection.execute(sql, &[before.0.into(), i64::try_from(most).unwrap_or(i64::MAX).into()])
}

pub(in crate::identity) fn record_use(connection: &mut dyn Connection, id: &str, at: Timestamp) -> Result<()> {
    connection.execute("UPDATE sessions SET last_used_at = $1 WHERE id = $2", &[at.0.into(), id.into()]).map(|_| ())
}

fn stored(mut row: Row) -> Result<Stored> {
    let (created_at, last_used_at, expires_at) =
        (Timestamp(row.int(4)?), Timestamp(row.int(5)?), Timestamp(row.int(6)?));
    let origin = Origin { address: row.text(8)?, client: row.text(9)? };
    Ok(Stored {
        place: Place { workspace: row.int(1)?, id: row.text(2)? },
        session: Session { id: row.text(0)?, created_at, last_used_at, expires_at, origin },
        fingerprint: row.bytes(3)?,
        has_ended: !row.is_null(7),
        family: if row.is_null(10) { None } else { Some(row.bytes(10)?) },
    })
}
