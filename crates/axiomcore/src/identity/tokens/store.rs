//! The SQL of signing keys.

use super::key::Times;
use crate::clock::Timestamp;
use crate::store::{Connection, Result, Row};

/// A key as it lies in the database.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) modulus: Vec<u8>,
    /// The private key, sealed.
    pub(super) sealed: Vec<u8>,
    pub(super) times: Times,
}

/// All keys, the newest first.
pub(super) fn list(connection: &mut dyn Connection) -> Result<Vec<Stored>> {
    let sql = "SELECT id, public, private, created_at, active_from, retired_at, expires_at FROM signing_keys \
               ORDER BY active_from DESC, id";
    connection.query(sql, &[])?.into_iter().map(stored).collect()
}

pub(super) fn insert(connection: &mut dyn Connection, key: &Stored) -> Result<()> {
    let sql = "INSERT INTO signing_keys (id, public, private, created_at, active_from) VALUES ($1, $2, $3, $4, $5)";
    let Times { created_at, active_from, .. } = key.times;
    let values =
        [(&key.id).into(), (&key.modulus).into(), (&key.sealed).into(), created_at.0.into(), active_from.0.into()];
    connection.execute(sql, &values).map(|_| ())
}

/// Lets another key sign from `at` on, in place of all that are there.
pub(super) fn retire(connection: &mut dyn Connection, at: Timestamp, expires_at: Timestamp) -> Result<()> {
    let sql = "UPDATE signing_keys SET retired_at = $1, expires_at = $2 WHERE retired_at IS NULL";
    connection.execute(sql, &[at.0.into(), expires_at.0.into()]).map(|_| ())
}

/// Forgets keys of which no token is good any more. Says how many there were.
pub(super) fn prune(connection: &mut dyn Connection, now: Timestamp) -> Result<u64> {
    connection.execute("DELETE FROM signing_keys WHERE expires_at <= $1", &[now.0.into()])
}

/// Forgets all keys.
pub(super) fn delete_all(connection: &mut dyn Connection) -> Result<()> {
    connection.execute("DELETE FROM signing_keys", &[]).map(|_| ())
}

fn stored(mut row: Row) -> Result<Stored> {
    let moment =
        |row: &Row, column| if row.is_null(column) { Ok(None) } else { row.int(column).map(Timestamp).map(Some) };
    let times = Times {
        created_at: Timestamp(row.int(3)?),
        active_from: Timestamp(row.int(4)?),
        retired_at: moment(&row, 5)?,
        expires_at: moment(&row, 6)?,
    };
    Ok(Stored { id: row.text(0)?, modulus: row.bytes(1)?, sealed: row.bytes(2)?, times })
}
