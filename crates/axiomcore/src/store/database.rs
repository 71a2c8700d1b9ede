//! The database of a service: opened once, cloned freely.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::folding::Folder;
use super::follow::{Follower, Still};
use super::metrics::{self, StoreMetrics};
use super::postgres::{Pool, Postgres};
use super::sqlite::Sqlite;
use super::{Connection, Dialect, Error, Result, Snapshot};
use crate::telemetry::Metrics;

/// How long those who read SQLite's log are waited for when it is to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as a URL.
    Postgres(String),
}

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
    /// Set when somebody counts.
    watch: Arc<OnceLock<StoreMetrics>>,
}

enum Inner {
    // Fields are dropped in this order: the last connection to close folds the write-ahead log into the file, which a
    // reader may not do, so the writer has to be the last.
    Sqlite {
        path: PathBuf,
        readers: Mutex<Vec<Sqlite>>,
        folder: Folder,
        writer: Arc<Mutex<Sqlite>>,
        /// For copies and to synchronise. Closed after all connections: whoever closes any descriptor of a file takes all
        /// locks away that the process has on it, those of SQLite too.
        file: Arc<File>,
    },
    Postgres(Pool),
}

impl Database {
    /// Opens the database; blocks. A PostgreSQL server that does not synchronise to disk is refused.
    ///
    /// `connections` bounds the connections to a server.
    ///
    /// # Errors
    /// If it cannot be reached, or would lose acknowledged work.
    pub fn open(location: &Location, connections: u32, runtime: Handle) -> Result<Self> {
        let inner = Arc::new(match location {
            Location::Sqlite(path) => {
                let writer = Arc::new(Mutex::new(Sqlite::writer(path)?));
                let file = Arc::new(opened(path)?);
                let folder = Folder::start(path, &file, &writer)?;
                Inner::Sqlite { path: path.clone(), readers: Mutex::default(), folder, writer, file }
            }
            Location::Postgres(url) => Inner::Postgres(Pool::open(url, connections.max(2), runtime)?),
        });
        let database = Self { inner, watch: Arc::default() };
        if database.dialect() == Dialect::Postgres {
            database.refuse_unsafe_server()?;
        }
        Ok(database)
    }

    fn refuse_unsafe_server(&self) -> Result<()> {
        for (setting, why) in [
            ("fsync", "a crash of the machine would lose acknowledged work"),
            ("full_page_writes", "a crash in the middle of a page would corrupt the database"),
            ("synchronous_commit", "a crash would lose acknowledged work"),
        ] {
            let value = self.read_blocking(|connection| {
                let mut rows = connection.query(&format!("SHOW {setting}"), &[])?;
                rows.first_mut().map_or(Ok(String::new()), |row| row.text(0))
            })?;
            if value == "off" || value == "local" && setting == "synchronous_commit" {
                return Err(Error::Refused(format!(
                    "the PostgreSQL server runs with {setting} = {value}: {why}. Set {setting} = on and start again."
                )));
            }
        }
        Ok(())
    }

    /// Which of the two it is.
    pub fn dialect(&self) -> Dialect {
        match &*self.inner {
            Inner::Sqlite { .. } => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Counts and times from now on what is done.
    pub fn observe(&self, metrics: &Metrics) {
        let (file, most) = match &*self.inner {
            Inner::Sqlite { path, .. } => (Some(path.clone()), None),
            Inner::Postgres(pool) => (None, Some(pool.most())),
        };
        // Somebody who counts already goes on.
        let _ = self.watch.set(StoreMetrics::register(metrics, file, most));
    }

    /// Has somebody asked for another URL when a server refuses the login, since its password was changed: `renewal` says
    /// it if it is another one than it said last, and may block.
    pub fn renew_by(&self, renewal: impl Fn() -> Option<String> + Send + Sync + 'static) {
        if let Inner::Postgres(pool) = &*self.inner {
            pool.renew_by(Box::new(renewal));
        }
    }

    fn watched<T>(&self, kind: metrics::Kind, work: impl FnOnce() -> Result<T>) -> Result<T> {
        match self.watch.get() {
            Some(watch) => watch.time(kind, work),
            None => work(),
        }
    }

    /// Reads, on a thread that may block. Sees one consistent state of the database.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub fn read_blocking<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        self.watched(metrics::Kind::Read, || self.read_now(work))
    }

    fn read_now<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        match &*self.inner {
            Inner::Sqlite { path, readers, .. } => {
                let idle = lock(readers).pop();
                let mut reader = idle.map_or_else(|| Sqlite::reader(path), Ok)?;
                reader.bracket("BEGIN")?;
                let result = work(&mut reader);
                reader.bracket("COMMIT")?;
                lock(readers).push(reader);
                result
            }
            Inner::Postgres(pool) => {
                let mut transaction = pool.begin_reading()?;
                let result = work(&mut transaction);
                finish(transaction, result)
            }
        }
    }

    /// Writes in one transaction, on a thread that may block: all of it is on disk when this returns `Ok`, none of it
    /// when `work` returns an error.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub fn write_blocking<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        self.watched(metrics::Kind::Write, || self.write_now(work))
    }

    fn write_now<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        match &*self.inner {
            Inner::Sqlite { writer, .. } => {
                let mut writer = lock(writer);
                writer.batch("BEGIN IMMEDIATE")?;
                let result = work(&mut *writer).and_then(|result| writer.batch("COMMIT").map(|()| result));
                if result.is_err() {
                    // After some errors SQLite has rolled back by itself; then there is nothing to undo.
                    let _ = writer.batch("ROLLBACK");
                }
                result
            }
            Inner::Postgres(pool) => {
                let mut transaction = pool.begin()?;
                let result = work(&mut transaction);
                finish(transaction, result)
            }
        }
    }

    /// Reads one state of the database for long: to copy all of it. On SQLite there are its files to copy; on a server there
    /// are only the rows. Blocks; writers go on.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub fn snapshot_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Connection, Option<&Snapshot<'_>>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        match &*self.inner {
            Inner::Sqlite { path, folder, file, .. } => {
                let _unhurried = folder.hold();
                let mut reader = Sqlite::reader(path)?;
                reader.batch("BEGIN; SELECT count(*) FROM sqlite_schema")?;
                let snapshot = Snapshot::new(file, path);
                work(&mut reader, Some(&snapshot))
            }
            Inner::Postgres(pool) => {
                let mut transaction = pool.begin_reading()?;
                // It takes as long as it takes.
                transaction
                    .batch("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")?;
                let done = work(&mut transaction, None)?;
                transaction.commit()?;
                Ok(done)
            }
        }
    }

    /// Follows what is committed from now on, on SQLite; blocks.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn follow(&self) -> Result<Option<Follower>> {
        match &*self.inner {
            Inner::Sqlite { path, folder, writer, .. } => {
                Follower::begin(folder.hold(), path, writer.clone()).map(Some)
            }
            Inner::Postgres(_) => Ok(None),
        }
    }

    /// How SQLite's file is, if nothing is in its log; blocks.
    ///
    /// # Errors
    /// If that cannot be told.
    pub fn still(&self) -> Result<Option<Still>> {
        match &*self.inner {
            Inner::Sqlite { path, .. } => {
                Still::of(path).map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))
            }
            Inner::Postgres(_) => Ok(None),
        }
    }

    /// [`read_blocking`](Self::read_blocking) from async code.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let database = self.clone();
        joined(tokio::task::spawn_blocking(move || database.read_blocking(work)).await)
    }

    /// [`read`](Self::read) for a few rows by their keys, without which a request does not go on. Another thread would take
    /// several times as long to be woken as SQLite to find them, so they are read on this one; it lends whatever else it
    /// has to do to another meanwhile, so that a slow disk holds up nobody but who waits for it.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub async fn glance<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let lends = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
        match &*self.inner {
            Inner::Sqlite { .. } if lends => block_in_place(|| self.read_blocking(work)),
            // A server is far away, and a thread that is alone has nobody to lend to.
            _ => self.read(work).await,
        }
    }

    /// [`write_blocking`](Self::write_blocking) from async code. Once started it runs to its end, whether or not
    /// anybody still waits.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let database = self.clone();
        joined(tokio::task::spawn_blocking(move || database.write_blocking(work)).await)
    }

    /// Takes what was deleted or replaced out of SQLite's files: there is nothing of it in the database's pages, but its
    /// log still has what they were before. Waits a moment for those who read the log; blocks. A server is left to its
    /// own ways, which are `VACUUM` and the age of its logs.
    ///
    /// # Errors
    /// If somebody reads for longer, or the file cannot be written.
    pub fn forget_blocking(&self) -> Result<()> {
        match &*self.inner {
            Inner::Sqlite { writer, .. } => lock(writer).end_log(PATIENCE),
            Inner::Postgres(_) => Ok(()),
        }
    }

    /// Closes connections to a server in order. SQLite closes when the last clone is dropped; its log ends here. Blocks.
    pub fn close(&self) {
        match &*self.inner {
            Inner::Sqlite { .. } => {
                if let Err(error) = self.forget_blocking() {
                    tracing::warn!(cause = %error, "the write-ahead log is left beside the database: {error}");
                }
            }
            Inner::Postgres(pool) => pool.close(),
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({:?})", self.dialect())
    }
}

/// The file of a database that is there, to copy it and to synchronise it.
fn opened(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))
}

/// Commits what went well, undoes what did not.
fn finish<T>(transaction: Postgres, result: Result<T>) -> Result<T> {
    match result {
        Ok(result) => transaction.commit().map(|()| result),
        Err(error) => {
            transaction.rollback();
            Err(error)
        }
    }
}

/// A panic while the lock was held poisons it; the connection itself is whole, its transaction is rolled back by the
/// next `BEGIN` failing loudly.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn joined<T>(result: std::result::Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    result.unwrap_or_else(|error| Err(Error::Failed(format!("the work on the database did not end: {error}"))))
}
