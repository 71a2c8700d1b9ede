//! One database, SQLite or PostgreSQL, behind one small interface.
//!
//! SQL is written once, with `$1`, `RETURNING` and `ON CONFLICT`, which both understand; what differs (the names of
//! two types, how a table is laid out) stands in [`migrations`](self) as words that are replaced. Work on the database
//! is plain blocking code in a closure that gets a [`Connection`]: a read, or a write that is one transaction. It runs
//! on threads of its own and not on those that serve requests, except for a [glance](Database::glance) at a few rows.

mod database;
mod folding;
mod follow;
mod metrics;
mod migrations;
mod postgres;
mod snapshot;
mod sqlite;
mod values;
pub(crate) mod wal;

pub use database::{Database, Location};
pub use follow::{Follower, Still};
pub(crate) use migrations::migrate;
pub use migrations::{Applied, Migration};
pub use snapshot::{Copied, Snapshot};
pub use values::{Cell, Row, Value};
pub use wal::Position;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row that must be unique is there already.
    #[error("a row with this key is there already")]
    Conflict,
    /// The database cannot be reached or does not answer in time.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// There is no room left to write.
    #[error("the database has no room left: {0}")]
    Full(String),
    /// What was read is not what the program wrote.
    #[error("the database holds something unexpected: {0}")]
    Corrupt(String),
    /// The database is set up in a way that would lose acknowledged work, or belongs to something else.
    #[error("{0}")]
    Refused(String),
    /// Anything else, in the database's words.
    #[error("the database failed: {0}")]
    Failed(String),
}

/// A result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// A connection, inside a read or a transaction.
pub trait Connection {
    /// Runs a statement; returns how many rows it changed.
    ///
    /// # Errors
    /// What the database says.
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64>;

    /// Runs a query.
    ///
    /// # Errors
    /// What the database says.
    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>>;

    /// Inserts many rows at once. `into` is `table (column, …)`, optionally followed by an `ON CONFLICT` clause in
    /// `otherwise`; `rows` holds one value per column, row after row, each column of one type.
    ///
    /// # Errors
    /// What the database says.
    fn insert_many(&mut self, into: &str, columns: usize, rows: &[Value<'_>], otherwise: &str) -> Result<u64>;

    /// Runs a query whose numbered parameters are arrays, one per column of `rows`: many rows through one statement that
    /// does more than insert. Only PostgreSQL has arrays.
    ///
    /// # Errors
    /// What the database says; always on SQLite.
    fn query_arrays(&mut self, sql: &str, columns: usize, rows: &[Value<'_>]) -> Result<Vec<Row>>;

    /// Runs `COPY … TO STDOUT` and hands on what the server sends, piece by piece. Only PostgreSQL copies.
    ///
    /// # Errors
    /// What the database or the sink says; always on SQLite.
    fn copy_out(&mut self, sql: &str, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let _ = (sql, sink);
        Err(Error::Failed("only PostgreSQL copies".into()))
    }

    /// Runs `COPY … FROM STDIN` on pieces until there are no more; returns how many rows there were. Only PostgreSQL copies.
    ///
    /// # Errors
    /// What the database or the source says; always on SQLite.
    fn copy_in(&mut self, sql: &str, source: &mut dyn FnMut() -> Result<Option<Vec<u8>>>) -> Result<u64> {
        let _ = (sql, source);
        Err(Error::Failed("only PostgreSQL copies".into()))
    }

    /// Which of the two databases this is.
    fn dialect(&self) -> Dialect;
}

/// The two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}
