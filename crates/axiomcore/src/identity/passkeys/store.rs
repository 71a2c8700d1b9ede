//! The SQL of passkeys, and of challenges that were answered. Whatever may happen once is decided by one statement.

use sha2::{Digest, Sha256};

use super::options::Found;
use super::{Descriptor, Passkey};
use crate::clock::Timestamp;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result, Row};

/// What a device says of one that it has made.
pub(super) struct New {
    pub(super) credential: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    pub(super) counter: i64,
    pub(super) may_be_copied: bool,
    pub(super) is_copied: bool,
    /// With blanks in between.
    pub(super) transports: String,
}

/// What one is verified by that is shown.
pub(in crate::identity) struct Stored {
    pub(in crate::identity) place: Place,
    pub(super) id: String,
    pub(super) credential: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    pub(super) counter: i64,
    pub(super) may_be_copied: bool,
}

/// Over all workspaces, for who signs in says no more than this.
pub(in crate::identity) fn find(connection: &mut dyn Connection, credential: &[u8]) -> Result<Option<Stored>> {
    let sql = "SELECT workspace, user_id, id, credential, public_key, counter, may_be_copied FROM passkeys \
               WHERE credential = $1";
    let mut rows = connection.query(sql, &[credential.into()])?;
    let stored = |row: &mut Row| {
        Ok(Stored {
            place: Place { workspace: row.int(0)?, id: row.text(1)? },
            id: row.text(2)?,
            credential: row.bytes(3)?,
            public_key: row.bytes(4)?,
            counter: row.int(5)?,
            may_be_copied: row.int(6)? != 0,
        })
    };
    rows.first_mut().map(stored).transpose()
}

/// Says whether nobody had it before, whoever it is.
pub(super) fn insert(connection: &mut dyn Connection, place: &Place, passkey: &Passkey, new: &New) -> Result<bool> {
    let sql = "INSERT INTO passkeys (credential, workspace, user_id, id, name, public_key, counter, may_be_copied, \
               is_copied, transports, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (credential) DO NOTHING";
    let values = [
        (&new.credential).into(),
        place.workspace.into(),
        (&place.id).into(),
        (&passkey.id).into(),
        (&passkey.name).into(),
        (&new.public_key).into(),
        new.counter.into(),
        i64::from(new.may_be_copied).into(),
        i64::from(new.is_copied).into(),
        (&new.transports).into(),
        passkey.created_at.0.into(),
    ];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Those of a user, the oldest first.
pub(super) fn list(connection: &mut dyn Connection, place: &Place) -> Result<Vec<Found>> {
    let sql = "SELECT id, name, created_at, last_used_at, is_copied, credential, transports FROM passkeys \
               WHERE workspace = $1 AND user_id = $2 ORDER BY created_at, id";
    let rows = connection.query(sql, &[place.workspace.into(), (&place.id).into()])?;
    rows.into_iter().map(found).collect()
}

/// How many a user has.
pub(in crate::identity) fn count(connection: &mut dyn Connection, place: &Place) -> Result<usize> {
    let sql = "SELECT count(*) FROM passkeys WHERE workspace = $1 AND user_id = $2";
    let rows = connection.query(sql, &[place.workspace.into(), (&place.id).into()])?;
    rows.first().map_or(Ok(0), |row| row.int(0)).map(|count| usize::try_from(count).unwrap_or(0))
}

/// Notes that it was used, unless it has signed as often before: then there are two of it. One that does not count says
/// nought each time.
pub(super) fn record_use(
    connection: &mut dyn Connection,
    stored: &Stored,
    counter: i64,
    is_copied: bool,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE passkeys SET counter = $1, is_copied = $2, last_used_at = $3 \
               WHERE credential = $4 AND (counter < $1 OR counter = 0 AND $1 = 0)";
    let values = [counter.into(), i64::from(is_copied).into(), now.0.into(), (&stored.credential).into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Whether there was one.
pub(super) fn delete(connection: &mut dyn Connection, place: &Place, id: &str) -> Result<bool> {
    let sql = "DELETE FROM passkeys WHERE workspace = $1 AND user_id = $2 AND id = $3";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into(), id.into()]).map(|changed| changed > 0)
}

/// Takes all of a user away. Says whether there were any.
pub(in crate::identity) fn delete_all(connection: &mut dyn Connection, place: &Place) -> Result<bool> {
    let sql = "DELETE FROM passkeys WHERE workspace = $1 AND user_id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|changed| changed > 0)
}

/// Notes that a challenge was answered. Says whether it was for the first time. Those that expired are forgotten.
pub(super) fn use_challenge(
    connection: &mut dyn Connection,
    challenge: &[u8],
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    connection.execute("DELETE FROM used_challenges WHERE expires_at <= $1", &[now.0.into()])?;
    let sql =
        "INSERT INTO used_challenges (fingerprint, expires_at) VALUES ($1, $2) ON CONFLICT (fingerprint) DO NOTHING";
    let fingerprint = Sha256::digest(challenge);
    connection.execute(sql, &[fingerprint.as_slice().into(), until.0.into()]).map(|changed| changed > 0)
}

fn found(mut row: Row) -> Result<Found> {
    let passkey = Passkey {
        id: row.text(0)?,
        name: row.text(1)?,
        created_at: Timestamp(row.int(2)?),
        last_used_at: if row.is_null(3) { None } else { Some(Timestamp(row.int(3)?)) },
        is_synced: row.int(4)? != 0,
    };
    let (credential, transports) = (row.bytes(5)?, row.text(6)?);
    let transports = transports.split_whitespace().map(str::to_owned).collect();
    Ok((passkey, Descriptor { credential, transports }))
}
