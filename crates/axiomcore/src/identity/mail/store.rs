//! The SQL of letters that wait.

use super::letter::{Kind, Letter};
use crate::clock::Timestamp;
use crate::identity::users::store::Place;
use crate::store::{Connection, Error, Result, Row};

/// A letter that waits, sealed.
pub(super) struct Stored {
    pub(super) place: Place,
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) sealed: Vec<u8>,
    /// How often it has been tried.
    pub(super) tries: u32,
    pub(super) next_at: Timestamp,
    /// When its ticket is worth nothing any more.
    pub(super) expires_at: Timestamp,
}

pub(super) fn count(connection: &mut dyn Connection) -> Result<u64> {
    let rows = connection.query("SELECT count(*) FROM letters", &[])?;
    rows.first().map_or(Ok(0), |row| row.int(0).map(i64::unsigned_abs))
}

/// Puts a letter on its way, in place of one of before.
pub(super) fn put(
    connection: &mut dyn Connection,
    place: &Place,
    letter: &Letter,
    sealed: &[u8],
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<()> {
    let sql = "INSERT INTO letters (workspace, user_id, id, kind, sealed, tries, next_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, 0, $6, $7) ON CONFLICT (workspace, user_id) DO UPDATE SET id = excluded.id, \
               kind = excluded.kind, sealed = excluded.sealed, tries = 0, next_at = excluded.next_at, \
               expires_at = excluded.expires_at";
    let values = [
        place.workspace.into(),
        (&place.id).into(),
        (&letter.id).into(),
        letter.kind.name().into(),
        sealed.into(),
        now.0.into(),
        expires_at.0.into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

/// The letter that is to be tried next, if it is time, and how many wait at all.
pub(super) fn due(connection: &mut dyn Connection, now: Timestamp) -> Result<(Option<Stored>, u64)> {
    let waiting = count(connection)?;
    if waiting == 0 {
        return Ok((None, 0));
    }
    let sql = "SELECT workspace, user_id, id, kind, sealed, tries, next_at, expires_at FROM letters WHERE next_at <= $1 \
               ORDER BY next_at LIMIT 1";
    let rows = connection.query(sql, &[now.0.into()])?;
    Ok((rows.into_iter().next().map(stored).transpose()?, waiting))
}

/// Takes a letter to try it, so that nobody else does before `until`. Says whether it could be had: of two nodes one has it.
pub(super) fn take(connection: &mut dyn Connection, letter: &Stored, until: Timestamp) -> Result<bool> {
    let sql = "UPDATE letters SET tries = tries + 1, next_at = $1 WHERE workspace = $2 AND user_id = $3 AND id = $4 \
               AND next_at = $5";
    let Stored { place, id, next_at, .. } = letter;
    let values = [until.0.into(), place.workspace.into(), (&place.id).into(), id.into(), next_at.0.into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Lets a letter wait until it is tried again.
pub(super) fn postpone(connection: &mut dyn Connection, letter: &Stored, until: Timestamp) -> Result<()> {
    let sql = "UPDATE letters SET next_at = $1 WHERE workspace = $2 AND user_id = $3 AND id = $4";
    let Stored { place, id, .. } = letter;
    connection.execute(sql, &[until.0.into(), place.workspace.into(), (&place.id).into(), id.into()]).map(|_| ())
}

/// Takes a letter away; says whether it was there. One that has come in its place stays.
pub(super) fn remove(connection: &mut dyn Connection, letter: &Stored) -> Result<bool> {
    let sql = "DELETE FROM letters WHERE workspace = $1 AND user_id = $2 AND id = $3";
    let Stored { place, id, .. } = letter;
    let removed = connection.execute(sql, &[place.workspace.into(), (&place.id).into(), id.into()])?;
    Ok(removed > 0)
}

/// Takes back what waits for somebody: its ticket is worth nothing any more.
pub(in crate::identity) fn take_back(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    let sql = "DELETE FROM letters WHERE workspace = $1 AND user_id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

fn stored(mut row: Row) -> Result<Stored> {
    let kind = row.text(3)?;
    Ok(Stored {
        place: Place { workspace: row.int(0)?, id: row.text(1)? },
        id: row.text(2)?,
        kind: Kind::named(&kind).ok_or_else(|| Error::Corrupt(format!("a letter of the kind `{kind}`")))?,
        sealed: row.bytes(4)?,
        tries: u32::try_from(row.int(5)?).unwrap_or(u32::MAX),
        next_at: Timestamp(row.int(6)?),
        expires_at: Timestamp(row.int(7)?),
    })
}
