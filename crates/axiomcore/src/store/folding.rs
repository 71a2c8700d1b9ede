//! SQLite's write-ahead log is folded into its file beside the commits, not in them: whoever waits for a commit would
//! otherwise wait, every so often, for hundreds of pages all over the file.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::database::lock;
use super::sqlite::Sqlite;
use super::{Error, Result};

/// Pages that are worth the trouble: 4 MB.
const WORTHWHILE: u32 = 1_000;

/// Pages after which writers are held for a moment. The log begins anew only when all of it is in the file, which it
/// never is while they go on.
const LONG: u32 = 16_000;

/// How long writers are held, for each [`LONG`], until those who read the log have ended: the longer the log has become,
/// the longer, for where somebody is always reading it would otherwise grow for ever.
const HELD: Duration = Duration::from_millis(50);

/// The longest that writers are held.
const HELD_MOST: Duration = Duration::from_secs(2);

/// Between two foldings: a page that is written often in that time is folded once.
const PAUSE: Duration = Duration::from_millis(250);

/// The thread that folds; dropped, it has ended.
pub(super) struct Folder {
    log: Arc<Log>,
    thread: Option<JoinHandle<()>>,
}

/// What the writer tells the thread.
#[derive(Default)]
struct Log {
    seen: Mutex<Seen>,
    changed: Condvar,
    /// How many copy the database right now.
    copying: AtomicUsize,
}

/// While there is one, no writer is held up to let the log begin anew: it would be in vain.
pub(super) struct Unhurried(Arc<Log>);

impl Drop for Unhurried {
    fn drop(&mut self) {
        self.0.copying.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Seen {
    /// Pages in the log after the last commit.
    pages: u32,
    /// Those of them that are in the file.
    folded: u32,
    stopping: bool,
}

impl Folder {
    /// `file` is the database's own.
    pub(super) fn start(path: &Path, file: &Arc<File>, writer: &Arc<Mutex<Sqlite>>) -> Result<Self> {
        let log = Arc::new(Log::default());
        let connection = Sqlite::writer(path)?;
        let told = log.clone();
        lock(writer).watch_log(move |pages| told.note(pages))?;
        let (watched, file, writer) = (log.clone(), file.clone(), writer.clone());
        let thread = std::thread::Builder::new()
            .name("log-folder".into())
            .spawn(move || watched.fold_until_stopped(connection, &file, &writer))
            .map_err(|error| Error::Unavailable(format!("no thread for the write-ahead log: {error}")))?;
        Ok(Self { log, thread: Some(thread) })
    }

    /// Somebody is going to read the log for long.
    pub(super) fn hold(&self) -> Unhurried {
        self.log.copying.fetch_add(1, Ordering::Relaxed);
        Unhurried(self.log.clone())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        lock(&self.log.seen).stopping = true;
        self.log.changed.notify_all();
        // It does not panic; if it did, the log would still be folded when the writer closes.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Seen {
    /// The log that has begun anew is shorter than what was folded of the last one.
    const fn is_worthwhile(&self) -> bool {
        self.pages.abs_diff(self.folded) >= WORTHWHILE
    }
}

impl Log {
    fn note(&self, pages: u32) {
        let mut seen = lock(&self.seen);
        seen.pages = pages;
        if seen.is_worthwhile() {
            self.changed.notify_all();
        }
    }

    fn fold_until_stopped(&self, mut connection: Sqlite, file: &File, writer: &Mutex<Sqlite>) {
        let mut seen = lock(&self.seen);
        loop {
            let idle = |seen: &mut Seen| !seen.stopping && !seen.is_worthwhile();
            seen = self.changed.wait_while(seen, idle).unwrap_or_else(PoisonError::into_inner);
            if seen.stopping {
                return;
            }
            drop(seen);
            let folded = fold(&mut connection, file, writer, &self.copying);
            seen = lock(&self.seen);
            match folded {
                Ok(folded) => seen.folded = folded,
                Err(error) => {
                    tracing::warn!(cause = %error, "the write-ahead log was not folded into the file: {error}")
                }
            }
            let on = |seen: &mut Seen| !seen.stopping;
            let paused = self.changed.wait_timeout_while(seen, PAUSE, on);
            seen = paused.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Returns how many pages of the log are in the file.
fn fold(connection: &mut Sqlite, file: &File, writer: &Mutex<Sqlite>, copying: &AtomicUsize) -> Result<u32> {
    let (pages, folded) = connection.fold_log()?;
    sync(file)?;
    if pages < LONG || copying.load(Ordering::Relaxed) > 0 {
        return Ok(folded);
    }
    // What was written meanwhile, and then, with nobody writing, the little that was written meanwhile again.
    let (pages, folded) = connection.fold_log()?;
    if pages.saturating_sub(folded) > LONG / 4 {
        // Somebody has been reading for long; writers would wait in vain.
        return Ok(folded);
    }
    let _held = lock(writer);
    connection.begin_log_anew((HELD * (pages / LONG)).min(HELD_MOST)).map(|(_, folded)| folded)
}

/// SQLite sees to it that the file is on disk only when it holds all of the log, which is seldom so while others write:
/// what had gathered until then, tens of megabytes, would be written at once, and a commit would wait behind it.
fn sync(file: &File) -> Result<()> {
    file.sync_data().map_err(|error| Error::Unavailable(format!("the database was not synchronised to disk: {error}")))
}
