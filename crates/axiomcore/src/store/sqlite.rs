//! SQLite: one writer, several readers, every commit synchronised to disk.

use std::ffi::c_int;
use std::fs::OpenOptions;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, ToSql};

use super::{Cell, Connection, Dialect, Error, Result, Row, Value};

/// How long a statement waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);

/// An open connection.
pub(super) struct Sqlite(rusqlite::Connection);

impl Sqlite {
    /// Opens the writer; creates the file if there is none.
    pub(super) fn writer(path: &Path) -> Result<Self> {
        own(path).map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))?;
        let connection = rusqlite::Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // Acknowledged means on disk: there is no relaxed mode.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        // What is deleted is overwritten. The log of events only grows, so it costs where people are forgotten.
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "cache_size", -16_000)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self(connection))
    }

    /// Calls `look` after every commit with the number of pages in the write-ahead log, instead of folding the log into
    /// the file then and there, as SQLite does every so often otherwise.
    pub(super) fn watch_log(&mut self, mut look: impl FnMut(u32) + Send + 'static) -> Result<()> {
        let hook = move |_: &mut rusqlite::hooks::Wal, pages: c_int| {
            look(pages.unsigned_abs());
            Ok(())
        };
        Ok(self.0.wal_hook(Some(hook))?)
    }

    /// Folds into the file what no reader keeps in the write-ahead log, without holding up anybody; returns the pages in
    /// the log and how many of them are in the file now.
    pub(super) fn fold_log(&mut self) -> Result<(u32, u32)> {
        self.checkpoint("PASSIVE")
    }

    /// The same while nobody writes, so that the log begins anew with the next commit. That needs a moment in which no
    /// reader uses the log; who does is waited for, and who comes meanwhile does not have to.
    pub(super) fn begin_log_anew(&mut self, patience: Duration) -> Result<(u32, u32)> {
        self.0.busy_timeout(patience)?;
        self.checkpoint("RESTART")
    }

    /// Folds all of the log into the file and empties it.
    pub(super) fn end_log(&mut self, patience: Duration) -> Result<()> {
        self.0.busy_timeout(patience)?;
        let ended = self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        self.0.busy_timeout(BUSY)?;
        if ended? == 0 { Ok(()) } else { Err(Error::Unavailable("somebody has been reading for long".into())) }
    }

    fn checkpoint(&mut self, how: &str) -> Result<(u32, u32)> {
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
        let (pages, folded) = self.0.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], row)?;
        // Both are -1 when there is no log.
        let count = |pages: i64| u32::try_from(pages).unwrap_or(0);
        Ok((count(pages), count(folded)))
    }

    /// Opens a reader of an existing file.
    pub(super) fn reader(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = rusqlite::Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self(connection))
    }

    /// Begins or ends a transaction, which happens too often to be read anew each time.
    pub(super) fn bracket(&mut self, sql: &str) -> Result<()> {
        Ok(self.0.prepare_cached(sql)?.execute([]).map(|_| ())?)
    }

    /// Runs statements that take no values, as they stand.
    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.0.execute_batch(sql)?)
    }
}

/// Makes the file if there is none, and keeps it from others on the machine: it has hashes of passwords. SQLite gives what
/// it puts beside it the same mode.
fn own(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(permissions.mode() & !0o077);
        file.set_permissions(permissions)?;
    }
    Ok(())
}

impl Connection for Sqlite {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let changed = self.0.prepare_cached(&numbered(sql))?.execute(rusqlite::params_from_iter(values))?;
        Ok(changed as u64)
    }

    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Row((0..columns).map(|column| cell(row.get_ref(column)?)).collect::<Result<_>>()?));
        }
        Ok(found)
    }

    fn insert_many(&mut self, into: &str, columns: usize, rows: &[Value<'_>], otherwise: &str) -> Result<u64> {
        let places: Vec<String> = (1..=columns).map(|place| format!("?{place}")).collect();
        let sql = format!("INSERT INTO {into} VALUES ({}) {otherwise}", places.join(", "));
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut changed = 0;
        for row in rows.chunks(columns.max(1)) {
            changed += statement.execute(rusqlite::params_from_iter(row))? as u64;
        }
        Ok(changed)
    }

    fn query_arrays(&mut self, _: &str, _: usize, _: &[Value<'_>]) -> Result<Vec<Row>> {
        Err(Error::Failed("SQLite has no arrays".into()))
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// `$2` is a name to SQLite, numbered by where it first appears; `?2` is the second value, as `$2` is to PostgreSQL.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Int(value) => value.map(ValueRef::Integer),
            Self::Text(value) => value.map(|text| ValueRef::Text(text.as_bytes())),
            Self::Bytes(value) => value.map(ValueRef::Blob),
        };
        Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
    }
}

fn cell(value: ValueRef<'_>) -> Result<Cell> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| Error::Corrupt("a text is not UTF-8".into()))?;
            Cell::Text(text.to_owned())
        }
        ValueRef::Real(_) => return Err(Error::Corrupt("a floating-point number where there should be none".into())),
    })
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let words = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Self::Conflict,
            Some(ErrorCode::DiskFull) => Self::Full(words),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(words),
            Some(ErrorCode::DatabaseBusy | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => {
                Self::Unavailable(words)
            }
            _ => Self::Failed(words),
        }
    }
}
