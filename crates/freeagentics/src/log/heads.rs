//! Where each agent's last event is.
//!
//! On PostgreSQL the table `heads` says it: the statement that appends moves it. On SQLite a row per step in a table
//! ordered by agent would dirty a page per step and cost several times the step itself. There, heads of recent events
//! are in memory, in order; when a segment of [`SEGMENT`] events is full it is written to the table bit by bit, inside the
//! transactions of the groups that follow. The counter `heads_complete` says up to which event the table is
//! complete; after a crash what lies beyond is read from the log once.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use axiomcore::store::{Connection, Database, Dialect, Error, Result, Row, Value};

/// Events per segment.
pub(crate) const SEGMENT: usize = 256 << 10;

/// Rows that are read from the log at once when heads are gathered.
const PAGE: usize = 20_000;

/// How long a reader waits for heads to be gathered before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The last event of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: u64,
    pub(crate) revision: u64,
}

/// A workspace and the key of an agent in it.
pub(super) type Key = (i64, i64);

/// Heads of one database.
pub(super) struct Heads {
    dialect: Dialect,
    recent: Arc<Recent>,
}

#[derive(Default)]
struct Recent {
    segments: RwLock<Segments>,
    gathered: Mutex<Gathered>,
    done: Condvar,
}

/// Whether the heads of events from before the start are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Gathered {
    #[default]
    NotYet,
    Known,
    Failed(String),
}

/// Heads that are not in the table yet.
#[derive(Default)]
pub(super) struct Segments {
    /// A tree, so that nothing has to be sorted, or moved to grow, while a group waits.
    open: BTreeMap<Key, Head>,
    /// Events in the open segment.
    events: usize,
    /// Whether the heads of events from before the start are all here: only then a segment may be called complete.
    gathered: bool,
    sealed: Option<Sealed>,
}

/// A full segment, on its way into the table. It stays when it has arrived, until the next one is full: a reader whose
/// view of the database is older than that would find an older head in the table.
struct Sealed {
    heads: BTreeMap<Key, Head>,
    /// The last of them that is in the table.
    written: Option<Key>,
    /// The last event of the segment.
    last: u64,
}

/// The part of a sealed segment that goes with the next group.
pub(super) struct Slice {
    heads: Vec<(Key, Head)>,
    /// Set with the last part: the table is then complete up to this event.
    complete: Option<u64>,
}

impl Heads {
    pub(super) fn of(dialect: Dialect) -> Self {
        Self { dialect, recent: Arc::default() }
    }

    /// Gathers, on a thread of its own, the heads of events that the table does not have.
    pub(super) fn gather(&self, database: Database) {
        let recent = self.recent.clone();
        std::thread::spawn(move || {
            let gathered = match recent.read_log(&database) {
                Ok(()) => Gathered::Known,
                Err(error) => Gathered::Failed(error.to_string()),
            };
            *lock(&recent.gathered) = gathered;
            recent.done.notify_all();
        });
    }

    pub(super) fn find(&self, connection: &mut dyn Connection, workspace: i64, agent: i64) -> Result<Option<Head>> {
        if self.dialect == Dialect::Sqlite {
            self.recent.wait()?;
            if let Some(head) = self.recent.read().find((workspace, agent)) {
                return Ok(Some(head));
            }
        }
        let sql = "SELECT seq, revision FROM heads WHERE workspace = $1 AND agent = $2";
        let rows = connection.query(sql, &[workspace.into(), agent.into()])?;
        rows.first().map(|row| head(row, 0)).transpose()
    }

    /// What of a sealed segment goes with a group of so many events.
    pub(super) fn slice(&self, events: usize) -> Option<Slice> {
        self.recent.read().slice(events)
    }

    /// Everything that the table does not have yet, in pieces, the last of which completes it up to event `last`.
    pub(super) fn rest(&self, last: u64) -> Vec<Slice> {
        let segments = self.recent.read();
        if !segments.gathered || segments.events == 0 && segments.sealed.is_none() {
            return Vec::new();
        }
        let sealed = segments.sealed.iter().flat_map(Sealed::unwritten);
        let mut heads: BTreeMap<Key, Head> = sealed.collect();
        heads.extend(&segments.open);
        let heads: Vec<(Key, Head)> = heads.into_iter().collect();
        let mut slices: Vec<Slice> =
            heads.chunks(PAGE).map(|part| Slice { heads: part.to_vec(), complete: None }).collect();
        slices.last_mut().into_iter().for_each(|slice| slice.complete = Some(last));
        slices
    }

    /// Notes what a group brought, once it is on disk, and that a slice went with it.
    pub(super) fn note(&self, heads: impl Iterator<Item = (Key, Head)>, slice: Option<Slice>) {
        let mut segments = self.recent.write();
        if let Some(slice) = slice {
            segments.written(&slice);
        }
        segments.note(heads, SEGMENT);
    }
}

impl Recent {
    fn read_log(&self, database: &Database) -> Result<()> {
        let mut after = database.read_blocking(|connection| {
            let rows = connection.query("SELECT value FROM counters WHERE name = 'heads_complete'", &[])?;
            rows.first().map_or(Ok(0), |row| row.int(0))
        })?;
        loop {
            let sql = "SELECT seq, revision, workspace, agent FROM events WHERE seq > $1 ORDER BY seq LIMIT $2";
            let page: [Value<'_>; 2] = [after.into(), (PAGE as i64).into()];
            let rows = database.read_blocking(|connection| connection.query(sql, &page))?;
            let Some(last) = rows.last() else {
                self.write().gathered = true;
                return Ok(());
            };
            after = last.int(0)?;
            let mut segments = self.write();
            for row in &rows {
                segments.gather((row.int(2)?, row.int(3)?), head(row, 0)?);
            }
        }
    }

    fn wait(&self) -> Result<()> {
        let gathered = lock(&self.gathered);
        let waiting = |gathered: &mut Gathered| *gathered == Gathered::NotYet;
        let waited = self.done.wait_timeout_while(gathered, PATIENCE, waiting);
        let (gathered, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match &*gathered {
            Gathered::Known => Ok(()),
            Gathered::NotYet => Err(Error::Unavailable("the log is still being read after a crash".into())),
            Gathered::Failed(why) => Err(Error::Failed(format!("the log could not be read at the start: {why}"))),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Segments> {
        self.segments.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Segments> {
        self.segments.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Segments {
    fn find(&self, key: Key) -> Option<Head> {
        self.open.get(&key).or_else(|| self.sealed.as_ref()?.heads.get(&key)).copied()
    }

    /// A head of before the start; what has been committed since is newer.
    fn gather(&mut self, key: Key, head: Head) {
        let known = self.open.entry(key).or_insert(head);
        if known.seq < head.seq {
            *known = head;
        }
        self.events += 1;
    }

    fn note(&mut self, heads: impl Iterator<Item = (Key, Head)>, segment: usize) {
        let mut last = 0;
        for (key, head) in heads {
            last = head.seq.max(last);
            self.events += 1;
            self.open.insert(key, head);
        }
        // With a segment still on its way the open one grows; slices are sized so that this is rare.
        let has_room = self.sealed.as_ref().is_none_or(Sealed::is_complete);
        // A group of nothing says nothing of how far the log has come.
        if self.events >= segment && self.gathered && has_room && last > 0 {
            let heads = std::mem::take(&mut self.open);
            self.events = 0;
            self.sealed = Some(Sealed { heads, written: None, last });
        }
    }

    /// A quarter more than keeps pace.
    fn slice(&self, events: usize) -> Option<Slice> {
        let sealed = self.sealed.as_ref().filter(|sealed| !sealed.is_complete())?;
        let share = (sealed.heads.len() * events * 5).div_ceil(SEGMENT * 4).max(1);
        let heads: Vec<(Key, Head)> = sealed.unwritten().take(share).collect();
        let complete = (heads.last()?.0 == *sealed.heads.last_key_value()?.0).then_some(sealed.last);
        Some(Slice { heads, complete })
    }

    fn written(&mut self, slice: &Slice) {
        if let Some((sealed, (key, _))) = self.sealed.as_mut().zip(slice.heads.last()) {
            sealed.written = Some(*key);
        }
    }
}

impl Sealed {
    /// Whether all of it is in the table.
    fn is_complete(&self) -> bool {
        self.written.as_ref() >= self.heads.last_key_value().map(|(key, _)| key)
    }

    fn unwritten(&self) -> impl Iterator<Item = (Key, Head)> {
        let from = self.written.map_or(Unbounded, Excluded);
        self.heads.range((from, Unbounded)).map(|(key, head)| (*key, *head))
    }
}

impl Slice {
    /// Writes it, in the transaction of the group that it goes with.
    pub(super) fn write(&self, connection: &mut dyn Connection) -> Result<()> {
        let rows: Vec<Value<'_>> = self
            .heads
            .iter()
            .flat_map(|((workspace, agent), head)| {
                [(*workspace).into(), (*agent).into(), (head.seq as i64).into(), (head.revision as i64).into()]
            })
            .collect();
        let otherwise = "ON CONFLICT (workspace, agent) DO UPDATE SET seq = excluded.seq, revision = excluded.revision";
        connection.insert_many("heads (workspace, agent, seq, revision)", 4, &rows, otherwise)?;
        if let Some(complete) = self.complete {
            let sql = "UPDATE counters SET value = $1 WHERE name = 'heads_complete'";
            connection.execute(sql, &[(complete as i64).into()])?;
        }
        Ok(())
    }
}

fn head(row: &Row, column: usize) -> Result<Head> {
    Ok(Head { seq: row.int(column)?.unsigned_abs(), revision: row.int(column + 1)?.unsigned_abs() })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head_at(seq: u64) -> Head {
        Head { seq, revision: seq }
    }

    #[test]
    fn a_head_is_found_while_its_segment_is_open_and_while_it_is_written() {
        let mut segments = Segments { gathered: true, ..Segments::default() };
        segments.note([((1, 1), head_at(1)), ((1, 2), head_at(2))].into_iter(), 4);
        assert_eq!(segments.find((1, 2)), Some(head_at(2)));
        segments.note([((1, 1), head_at(3)), ((1, 3), head_at(4))].into_iter(), 4);
        assert!(segments.open.is_empty(), "the segment is sealed");
        assert_eq!([(1, 1), (1, 2), (1, 3)].map(|key| segments.find(key)), [3, 2, 4].map(|seq| Some(head_at(seq))));
        segments.note([((1, 2), head_at(5))].into_iter(), 4);
        assert_eq!(segments.find((1, 2)), Some(head_at(5)), "the open segment is newer than the sealed one");
    }

    #[test]
    fn slices_carry_every_head_of_a_segment_once_and_only_the_last_completes_it() {
        let mut segments = Segments { gathered: true, ..Segments::default() };
        segments.note((0..10).map(|at| ((1, at), head_at(at as u64 + 1))), 10);
        let mut carried = Vec::new();
        let complete = loop {
            let slice = segments.slice(SEGMENT / 10).unwrap();
            carried.extend(slice.heads.iter().map(|((_, agent), _)| *agent));
            segments.written(&slice);
            if let Some(last) = slice.complete {
                break last;
            }
        };
        assert_eq!((carried, complete), ((0..10).collect(), 10));
        assert!(segments.slice(1).is_none());
        assert_eq!(segments.find((1, 3)), Some(head_at(4)), "readers with an older view of the table still need it");
        segments.note((0..10).map(|at| ((1, at), head_at(at as u64 + 11))), 10);
        assert!(segments.open.is_empty() && segments.slice(SEGMENT).is_some(), "the next segment takes its place");
    }

    #[test]
    fn a_group_of_nothing_seals_nothing() {
        let mut segments = Segments::default();
        segments.note([((1, 1), head_at(7))].into_iter(), 1);
        segments.gathered = true;
        segments.note(std::iter::empty(), 1);
        assert!(segments.sealed.is_none(), "it would be called complete up to no event at all");
        segments.note([((1, 2), head_at(8))].into_iter(), 1);
        assert_eq!(segments.slice(SEGMENT).unwrap().complete, Some(8));
    }

    #[test]
    fn what_is_gathered_from_the_log_does_not_hide_what_was_committed_since() {
        let mut segments = Segments::default();
        segments.note([((1, 1), head_at(9))].into_iter(), 1);
        assert!(segments.sealed.is_none(), "nothing is complete before the log has been read");
        segments.gather((1, 1), head_at(4));
        segments.gather((1, 2), head_at(5));
        assert_eq!((segments.find((1, 1)), segments.find((1, 2))), (Some(head_at(9)), Some(head_at(5))));
    }
}
