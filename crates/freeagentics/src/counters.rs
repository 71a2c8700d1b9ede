//! Keys for rows, given out one after the other. Whoever takes one holds the counter until the transaction ends.

use axiomcore::store::{Connection, Error, Result};

/// The first of `n` new keys.
pub(crate) fn next(connection: &mut dyn Connection, counter: &str, n: usize) -> Result<i64> {
    let sql = "UPDATE counters SET value = value + $2 WHERE name = $1 RETURNING value";
    let rows = connection.query(sql, &[counter.into(), (n as i64).into()])?;
    let last = rows.first().ok_or_else(|| Error::Corrupt(format!("there is no counter `{counter}`")))?.int(0)?;
    Ok(last - n as i64 + 1)
}
