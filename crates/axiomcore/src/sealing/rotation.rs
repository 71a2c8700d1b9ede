//! Sealing everything anew under the first key, so that an older one can be thrown away.
//!
//! Each concept that keeps something sealed says where, as a [`SealedColumn`]; the service lists them all. A rotation goes
//! through them a page at a time, each page a transaction. It can be broken off at any moment and begun again: what is under
//! the first key already is passed over. A row that somebody else has changed meanwhile is theirs.

use super::{SealError, Sealer};
use crate::store::{Connection, Database, Error, Result};

/// Rows that are sealed anew in one transaction.
const PAGE: usize = 100;

/// A column whose values are sealed.
#[derive(Clone, Copy, Debug)]
pub struct SealedColumn {
    /// What lies there, for people, such as `keys that tokens are signed with`.
    pub what: &'static str,
    /// The table.
    pub table: &'static str,
    /// What names a row among all of them: a column of numbers or texts, or an expression of several.
    pub id: &'static str,
    /// The column with what is sealed; null where there is nothing.
    pub column: &'static str,
    /// What the secret of the row with this id was sealed for.
    pub purpose: fn(&str) -> String,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealing {
    /// Under the first key.
    pub current: u64,
    /// Under another one that is given.
    pub outdated: u64,
    /// Under none that is given, or damaged.
    pub unreadable: u64,
}

/// Looks at everything that is sealed in a column; blocks. Everything is opened, not only looked at.
///
/// # Errors
/// If the database fails.
pub fn look(database: &Database, sealer: &Sealer, column: &SealedColumn) -> Result<Sealing> {
    let (mut found, mut after) = (Sealing::default(), None::<String>);
    loop {
        let page = database.read_blocking(|connection| column.page(connection, after.as_deref()))?;
        for (id, sealed) in &page {
            match sealer.open(&(column.purpose)(id), sealed) {
                Err(_) => found.unreadable += 1,
                Ok(_) if sealer.is_current(sealed) => found.current += 1,
                Ok(_) => found.outdated += 1,
            }
        }
        match page.last() {
            Some((id, _)) if page.len() == PAGE => after = Some(id.clone()),
            _ => return Ok(found),
        }
    }
}

/// Seals everything in a column under the first key; blocks. Says how much was sealed anew; what cannot be opened stays as
/// it is.
///
/// # Errors
/// If the database fails, or there is no randomness.
pub fn rotate(database: &Database, sealer: &Sealer, column: &SealedColumn) -> Result<u64> {
    let (mut done, mut after) = (0, None::<String>);
    loop {
        let (renewed, last) =
            database.write_blocking(|connection| column.renew(connection, sealer, after.as_deref()))?;
        done += renewed;
        match last {
            Some(last) => after = Some(last),
            None => return Ok(done),
        }
    }
}

impl SealedColumn {
    /// Rows after this one, with what is sealed in them.
    fn page(&self, connection: &mut dyn Connection, after: Option<&str>) -> Result<Vec<(String, Vec<u8>)>> {
        let Self { table, id, column, .. } = self;
        let from = if after.is_some() { format!("AND CAST({id} AS TEXT) > $2") } else { "AND $2 = ''".to_owned() };
        let sql = format!(
            "SELECT CAST({id} AS TEXT), {column} FROM {table} WHERE {column} IS NOT NULL {from} \
             ORDER BY CAST({id} AS TEXT) LIMIT $1"
        );
        let rows = connection.query(&sql, &[(PAGE as i64).into(), after.unwrap_or_default().into()])?;
        rows.into_iter().map(|mut row| Ok((row.text(0)?, row.bytes(1)?))).collect()
    }

    /// A page of a rotation: how many were sealed anew, and the last of them if there may be more.
    fn renew(
        &self,
        connection: &mut dyn Connection,
        sealer: &Sealer,
        after: Option<&str>,
    ) -> Result<(u64, Option<String>)> {
        let Self { table, id, column, purpose, .. } = self;
        let page = self.page(connection, after)?;
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE CAST({id} AS TEXT) = $2 AND {column} = $3");
        let mut renewed = 0;
        for (id, sealed) in page.iter().filter(|(_, sealed)| !sealer.is_current(sealed)) {
            let purpose = purpose(id);
            let Ok(plain) = sealer.open(&purpose, sealed) else { continue };
            let anew =
                sealer.seal(&purpose, plain.expose()).map_err(|error: SealError| Error::Failed(error.to_string()))?;
            renewed += connection.execute(&sql, &[anew.as_slice().into(), id.into(), sealed.as_slice().into()])?;
        }
        let last = page.last().filter(|_| page.len() == PAGE).map(|(id, _)| id.clone());
        Ok((renewed, last))
    }
}
