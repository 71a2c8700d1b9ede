//! The SQL of second factors. Whatever may be used once is decided by one statement.

use crate::clock::Timestamp;
use crate::identity::key::Fingerprint;
use crate::identity::passkeys::store as passkeys;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result};

/// Somebody's second factor.
pub(in crate::identity) struct Stored {
    /// What codes are made of, sealed.
    pub(super) secret: Vec<u8>,
    /// The half minute of the last code that was accepted.
    pub(super) last_step: i64,
    pub(super) created_at: Timestamp,
    pub(in crate::identity) confirmed_at: Option<Timestamp>,
}

pub(in crate::identity) fn find(connection: &mut dyn Connection, place: &Place) -> Result<Option<Stored>> {
    let sql = "SELECT secret, last_step, created_at, confirmed_at FROM factors WHERE workspace = $1 AND user_id = $2";
    let mut rows = connection.query(sql, &[place.workspace.into(), (&place.id).into()])?;
    let Some(row) = rows.first_mut() else { return Ok(None) };
    let confirmed_at = if row.is_null(3) { None } else { Some(Timestamp(row.int(3)?)) };
    let (last_step, created_at) = (row.int(1)?, Timestamp(row.int(2)?));
    Ok(Some(Stored { secret: row.bytes(0)?, last_step, created_at, confirmed_at }))
}

/// Begins an enrolment, in place of one that was never confirmed. Says whether there was none that is.
pub(super) fn begin(connection: &mut dyn Connection, place: &Place, secret: &[u8], now: Timestamp) -> Result<bool> {
    let sql = "INSERT INTO factors (workspace, user_id, secret, last_step, created_at) VALUES ($1, $2, $3, 0, $4) \
               ON CONFLICT (workspace, user_id) DO UPDATE SET secret = excluded.secret, last_step = 0, tries = 0, \
               created_at = excluded.created_at WHERE factors.confirmed_at IS NULL";
    let values = [place.workspace.into(), (&place.id).into(), secret.into(), now.0.into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Whether the enrolment with this secret was still waiting: of two who confirm it at once, one does.
pub(super) fn confirm(
    connection: &mut dyn Connection,
    place: &Place,
    stored: &Stored,
    step: i64,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE factors SET confirmed_at = $1, last_step = $2 \
               WHERE workspace = $3 AND user_id = $4 AND secret = $5 AND confirmed_at IS NULL";
    let values =
        [now.0.into(), step.into(), place.workspace.into(), (&place.id).into(), stored.secret.as_slice().into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Counts a wrong code of an enrolment that waits, and forgets it with its secret after so many. Says whether it did.
pub(super) fn mistake(connection: &mut dyn Connection, place: &Place, stored: &Stored, most: i64) -> Result<bool> {
    let those = "workspace = $1 AND user_id = $2 AND secret = $3 AND confirmed_at IS NULL";
    let values = [place.workspace.into(), (&place.id).into(), stored.secret.as_slice().into()];
    connection.execute(&format!("UPDATE factors SET tries = tries + 1 WHERE {those}"), &values)?;
    let [workspace, id, secret] = values;
    let sql = format!("DELETE FROM factors WHERE {those} AND tries >= $4");
    connection.execute(&sql, &[workspace, id, secret, most.into()]).map(|changed| changed > 0)
}

/// Whether nobody was faster: of two who use a code at once, one gets in, and none with an older code after that.
pub(super) fn use_step(connection: &mut dyn Connection, place: &Place, step: i64) -> Result<bool> {
    let sql = "UPDATE factors SET last_step = $1 \
               WHERE workspace = $2 AND user_id = $3 AND last_step < $1 AND confirmed_at IS NOT NULL";
    connection.execute(sql, &[step.into(), place.workspace.into(), (&place.id).into()]).map(|changed| changed > 0)
}

/// Whether there was such a code that nobody had used.
pub(super) fn use_recovery_code(
    connection: &mut dyn Connection,
    place: &Place,
    fingerprint: &Fingerprint,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE recovery_codes SET used_at = $1 \
               WHERE workspace = $2 AND user_id = $3 AND fingerprint = $4 AND used_at IS NULL";
    let values = [now.0.into(), place.workspace.into(), (&place.id).into(), fingerprint.bytes().into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// How many codes nobody has used.
pub(super) fn recovery_codes_left(connection: &mut dyn Connection, place: &Place) -> Result<usize> {
    let sql = "SELECT count(*) FROM recovery_codes WHERE workspace = $1 AND user_id = $2 AND used_at IS NULL";
    let rows = connection.query(sql, &[place.workspace.into(), (&place.id).into()])?;
    rows.first().map_or(Ok(0), |row| row.int(0)).map(|left| usize::try_from(left).unwrap_or(0))
}

/// These codes, and none of before.
pub(in crate::identity) fn put_recovery_codes(
    connection: &mut dyn Connection,
    place: &Place,
    fingerprints: &[Fingerprint],
) -> Result<()> {
    delete_recovery_codes(connection, place)?;
    let sql = "INSERT INTO recovery_codes (workspace, user_id, fingerprint) VALUES ($1, $2, $3)";
    fingerprints.iter().try_for_each(|fingerprint| {
        let values = [place.workspace.into(), (&place.id).into(), fingerprint.bytes().into()];
        connection.execute(sql, &values).map(|_| ())
    })
}

/// Takes all of a user's factors away with their codes and open challenges. Says whether there were any.
pub(in crate::identity) fn delete(connection: &mut dyn Connection, place: &Place) -> Result<bool> {
    delete_recovery_codes(connection, place)?;
    let had_passkeys = passkeys::delete_all(connection, place)?;
    Ok(delete_app(connection, place)? || had_passkeys)
}

/// Takes a user's app away with their open challenges. Says whether they had one.
pub(super) fn delete_app(connection: &mut dyn Connection, place: &Place) -> Result<bool> {
    delete_challenges(connection, place)?;
    let sql = "DELETE FROM factors WHERE workspace = $1 AND user_id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|changed| changed > 0)
}

/// Forgets an app that waits to be confirmed: whoever began it did so by what counts no longer.
pub(in crate::identity) fn delete_begun(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    let sql = "DELETE FROM factors WHERE workspace = $1 AND user_id = $2 AND confirmed_at IS NULL";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

/// Nobody answers any more what they were asked after the password of before.
pub(in crate::identity) fn delete_challenges(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    let sql = "DELETE FROM challenges WHERE workspace = $1 AND user_id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

pub(in crate::identity) fn delete_recovery_codes(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    let sql = "DELETE FROM recovery_codes WHERE workspace = $1 AND user_id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

/// A new challenge; those that nobody answered in time go.
pub(super) fn insert_challenge(
    connection: &mut dyn Connection,
    place: &Place,
    fingerprint: &Fingerprint,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    connection.execute("DELETE FROM challenges WHERE expires_at <= $1", &[now.0.into()])?;
    let sql = "INSERT INTO challenges (fingerprint, workspace, user_id, tries, expires_at) VALUES ($1, $2, $3, 0, $4)";
    let values = [fingerprint.bytes().into(), place.workspace.into(), (&place.id).into(), expires_at.0.into()];
    connection.execute(sql, &values).map(|_| ())
}

/// Whose challenge it is, if it can be answered.
pub(super) fn find_challenge(
    connection: &mut dyn Connection,
    fingerprint: &Fingerprint,
    now: Timestamp,
    most: i64,
) -> Result<Option<Place>> {
    let sql = "SELECT workspace, user_id FROM challenges WHERE fingerprint = $1 AND expires_at > $2 AND tries < $3";
    let mut rows = connection.query(sql, &[fingerprint.bytes().into(), now.0.into(), most.into()])?;
    rows.first_mut().map(|row| Ok(Place { workspace: row.int(0)?, id: row.text(1)? })).transpose()
}

/// Counts a try; whether there was one left.
pub(super) fn try_challenge(
    connection: &mut dyn Connection,
    fingerprint: &Fingerprint,
    now: Timestamp,
    most: i64,
) -> Result<bool> {
    let sql = "UPDATE challenges SET tries = tries + 1 WHERE fingerprint = $1 AND expires_at > $2 AND tries < $3";
    let values = [fingerprint.bytes().into(), now.0.into(), most.into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

pub(super) fn delete_challenge(connection: &mut dyn Connection, fingerprint: &Fingerprint) -> Result<()> {
    let sql = "DELETE FROM challenges WHERE fingerprint = $1";
    connection.execute(sql, &[fingerprint.bytes().into()]).map(|_| ())
}
