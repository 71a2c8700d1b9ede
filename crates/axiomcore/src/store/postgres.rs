//! PostgreSQL, driven from blocking code: each call waits on the runtime that owns the sockets.

use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{Arguments, Column, Executor, Row as _, TypeInfo, ValueRef};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Handle;

use super::{Cell, Connection, Dialect, Error, Result, Row, Value};

/// How long to wait for a connection, and for those in use at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait for the answer to a statement. None takes as long unless the server, or the way to it, is gone
/// without a word; a socket alone would wait for a quarter of an hour.
const ANSWER: Duration = Duration::from_secs(20);

/// How often a login is tried that the server refuses, while its new password may be on its way into a file, and the pause
/// in between.
const LOGINS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// Says with which URL to connect from now on, if it is another one than it said last; blocks.
pub(super) type Renewal = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// A pool with the runtime it lives on.
#[derive(Clone)]
pub(super) struct Pool {
    pool: PgPool,
    runtime: Handle,
    renewal: Arc<OnceLock<Renewal>>,
}

impl Pool {
    /// Connects. Call from a thread that may block.
    pub(super) fn open(url: &str, most: u32, runtime: Handle) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(|error| Error::Refused(error.to_string()))?;
        let pool = PgPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
        let pool = runtime.block_on(pool.connect_with(options))?;
        Ok(Self { pool, runtime, renewal: Arc::default() })
    }

    /// The most connections that are open at the same time.
    pub(super) fn most(&self) -> u32 {
        self.pool.options().get_max_connections()
    }

    /// Takes a connection and starts a transaction on it.
    pub(super) fn begin(&self) -> Result<Postgres> {
        self.begin_by("BEGIN")
    }

    /// The same for one that sees a single state of the database and changes nothing.
    pub(super) fn begin_reading(&self) -> Result<Postgres> {
        self.begin_by("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn begin_by(&self, begin: &str) -> Result<Postgres> {
        let connection = self.acquire()?;
        let mut transaction = Postgres { connection: Some(connection), runtime: self.runtime.clone() };
        transaction.batch(begin)?;
        Ok(transaction)
    }

    /// Has somebody asked for another URL when the server refuses the login. Who is there already stays.
    pub(super) fn renew_by(&self, renewal: Renewal) {
        let _ = self.renewal.set(renewal);
    }

    /// Connections that are open stay when a password is changed; a new one may be refused until both sides know the new
    /// password. Whoever waits for it does so no longer than for a server that is not there.
    fn acquire(&self) -> Result<PoolConnection<sqlx::Postgres>> {
        let mut tries = 0;
        loop {
            let refused = match self.runtime.block_on(self.pool.acquire()) {
                Err(sqlx::Error::Database(error)) if is_login(error.as_ref()) => error,
                other => return Ok(other?),
            };
            tries += 1;
            let Some(renewal) = self.renewal.get().filter(|_| tries < LOGINS) else {
                return Err(sqlx::Error::Database(refused).into());
            };
            match renewal().map(|url| PgConnectOptions::from_str(&url)) {
                Some(Ok(options)) => {
                    self.pool.set_connect_options(options);
                    tracing::info!("the database refused the login; its file says another one now, which is tried");
                }
                _ => std::thread::sleep(PAUSE),
            }
        }
    }

    /// Connections that are in use are waited for, but not those whose server has gone silent.
    pub(super) fn close(&self) {
        if self.runtime.block_on(async { tokio::time::timeout(PATIENCE, self.pool.close()).await }).is_err() {
            tracing::warn!("connections to the database are left open: they did not end within {PATIENCE:?}");
        }
    }
}

/// A connection inside a transaction; ends with [`commit`](Self::commit) or [`rollback`](Self::rollback). However else it
/// ends, the connection is closed, and with it the transaction.
pub(super) struct Postgres {
    /// None once it did not answer.
    connection: Option<PoolConnection<sqlx::Postgres>>,
    runtime: Handle,
}

impl Postgres {
    pub(super) fn commit(mut self) -> Result<()> {
        self.batch("COMMIT")?;
        self.give_back();
        Ok(())
    }

    /// Undoes everything; if the server cannot be told, it finds out by itself when the connection ends.
    pub(super) fn rollback(mut self) {
        if self.batch("ROLLBACK").is_ok() {
            self.give_back();
        }
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        self.wait(async |connection: &mut PgConnection| connection.execute(sql).await).map(|_| ())
    }

    /// Waits for an answer. A connection that does not give one is closed: whatever is asked on it would wait as well,
    /// and the pool would never get its place back.
    fn wait<T>(&mut self, work: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>) -> Result<T> {
        let connection = self.connection.as_mut().ok_or_else(silent)?;
        let answer = self.runtime.block_on(async { tokio::time::timeout(ANSWER, work(connection)).await });
        let Ok(answer) = answer else {
            self.hang_up();
            return Err(silent());
        };
        Ok(answer?)
    }

    fn give_back(&mut self) {
        let _within = self.runtime.enter();
        drop(self.connection.take());
    }

    fn hang_up(&mut self) {
        let _within = self.runtime.enter();
        drop(self.connection.take().map(PoolConnection::detach));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.hang_up();
    }
}

impl Connection for Postgres {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let query = sqlx::query_with(sqlx::AssertSqlSafe(sql.to_owned()), arguments(values)?);
        let done = self.wait(async |connection: &mut PgConnection| connection.execute(query).await)?;
        Ok(done.rows_affected())
    }

    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let query = sqlx::query_with(sqlx::AssertSqlSafe(sql.to_owned()), arguments(values)?);
        let rows = self.wait(async |connection: &mut PgConnection| connection.fetch_all(query).await)?;
        rows.iter().map(row).collect()
    }

    fn insert_many(&mut self, into: &str, columns: usize, rows: &[Value<'_>], otherwise: &str) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        let arrays: Vec<String> =
            (1..=columns).zip(rows).map(|(at, value)| format!("${at}::{}[]", kind(value))).collect();
        let sql = format!("INSERT INTO {into} SELECT * FROM UNNEST({}) {otherwise}", arrays.join(", "));
        let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), arrays_of(columns, rows)?);
        let done = self.wait(async |connection: &mut PgConnection| connection.execute(query).await)?;
        Ok(done.rows_affected())
    }

    fn query_arrays(&mut self, sql: &str, columns: usize, rows: &[Value<'_>]) -> Result<Vec<Row>> {
        let query = sqlx::query_with(sqlx::AssertSqlSafe(sql.to_owned()), arrays_of(columns, rows)?);
        let rows = self.wait(async |connection: &mut PgConnection| connection.fetch_all(query).await)?;
        rows.iter().map(row).collect()
    }

    fn copy_out(&mut self, sql: &str, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let (runtime, connection) = (self.runtime.clone(), self.connection.as_mut().ok_or_else(silent)?);
        let copied: Result<()> = runtime.block_on(async {
            let mut pieces = connection.copy_out_raw(sql).await?;
            while let Some(piece) = tokio::time::timeout(ANSWER, pieces.try_next()).await.map_err(|_| silent())?? {
                sink(&piece)?;
            }
            Ok(())
        });
        if copied.is_err() {
            // The rest of it would come before the answer to whatever is asked next.
            self.hang_up();
        }
        copied
    }

    fn copy_in(&mut self, sql: &str, source: &mut dyn FnMut() -> Result<Option<Vec<u8>>>) -> Result<u64> {
        let (runtime, connection) = (self.runtime.clone(), self.connection.as_mut().ok_or_else(silent)?);
        let copied: Result<u64> = runtime.block_on(async {
            let mut into = connection.copy_in_raw(sql).await?;
            while let Some(piece) = source()? {
                tokio::time::timeout(ANSWER, into.send(piece)).await.map_err(|_| silent())??;
            }
            Ok(into.finish().await?)
        });
        if copied.is_err() {
            self.hang_up();
        }
        copied
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}

impl<'a> Value<'a> {
    fn int(&self) -> Option<i64> {
        if let Self::Int(value) = self { *value } else { None }
    }

    fn text(&self) -> Option<&'a str> {
        if let Self::Text(value) = self { *value } else { None }
    }

    fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(value) = self { *value } else { None }
    }
}

/// The type of a column, by its first value.
const fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::Int(_) => "bigint",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytea",
    }
}

/// One array per column.
fn arrays_of(columns: usize, rows: &[Value<'_>]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for (column, first) in rows.iter().take(columns).enumerate() {
        let values = rows.iter().skip(column).step_by(columns);
        let added = match first {
            Value::Int(_) => arguments.add(values.map(Value::int).collect::<Vec<_>>()),
            Value::Text(_) => arguments.add(values.map(Value::text).collect::<Vec<_>>()),
            Value::Bytes(_) => arguments.add(values.map(Value::bytes).collect::<Vec<_>>()),
        };
        added.map_err(|error| Error::Failed(error.to_string()))?;
    }
    Ok(arguments)
}

fn arguments(values: &[Value<'_>]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(*value),
            Value::Bytes(value) => arguments.add(*value),
        };
        added.map_err(|error| Error::Failed(error.to_string()))?;
    }
    Ok(arguments)
}

fn row(row: &PgRow) -> Result<Row> {
    let cell = |column: &sqlx::postgres::PgColumn| -> Result<Cell> {
        let index = column.ordinal();
        if row.try_get_raw(index)?.is_null() {
            return Ok(Cell::Null);
        }
        Ok(match column.type_info().name() {
            "INT8" => Cell::Int(row.try_get(index)?),
            "INT4" => Cell::Int(i64::from(row.try_get::<i32, _>(index)?)),
            "BOOL" => Cell::Int(i64::from(row.try_get::<bool, _>(index)?)),
            "TEXT" | "VARCHAR" | "NAME" => Cell::Text(row.try_get(index)?),
            "BYTEA" => Cell::Bytes(row.try_get(index)?),
            other => return Err(Error::Corrupt(format!("a column of type {other} where there should be none"))),
        })
    };
    Ok(Row(row.columns().iter().map(cell).collect::<Result<_>>()?))
}

fn silent() -> Error {
    Error::Unavailable("the server has gone silent; what it was asked last may be done or not".into())
}

/// Whether the server does not let us in as who we say we are.
fn is_login(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().is_some_and(|code| code.starts_with("28"))
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let words = error.to_string();
        match &error {
            sqlx::Error::Database(database) => match database.code().as_deref() {
                Some("23505") => Self::Conflict,
                Some("53100" | "53200") => Self::Full(words),
                Some("XX001" | "XX002") => Self::Corrupt(words),
                Some(code) if code.starts_with("08") || code.starts_with("57P") => Self::Unavailable(words),
                _ if is_login(database.as_ref()) => Self::Unavailable(words),
                _ => Self::Failed(words),
            },
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(words)
            }
            _ => Self::Failed(words),
        }
    }
}
