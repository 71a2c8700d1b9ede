//! Appending: one writer, one transaction per group, published when it is on disk.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axiomcore::store::{Connection, Database, Dialect, Result};

use super::heads::{Head, Heads};
use super::{Feed, Published, postgres, sqlite};

/// An event that is about to be appended.
pub(crate) struct Draft {
    pub(crate) workspace: i64,
    pub(crate) agent: i64,
    /// The agent's name, for the feed.
    pub(crate) name: Arc<str>,
    pub(crate) revision: u64,
    /// The event that it follows: if the agent's head is another by now, it is not appended.
    pub(crate) prev: u64,
    pub(crate) body: Vec<u8>,
    pub(crate) commitment: [u8; 32],
    /// What else happens in the same transaction.
    pub(crate) also: Option<Also>,
}

/// Work beside an event, in its transaction.
pub(crate) type Also = Box<dyn Fn(&mut dyn Connection) -> Result<()> + Send>;

/// The log of one database. Clones are the same.
#[derive(Clone)]
pub(crate) struct Log(Arc<Inner>);

struct Inner {
    database: Database,
    feed: Feed,
    heads: Heads,
    /// Held while a group is written and published, so that the feed has the order of the log.
    writer: Mutex<sqlite::Writer>,
}

impl Log {
    /// Opens the log; blocks. Heads that are not in their table yet are gathered in the background.
    pub(crate) fn open(database: Database, feed: Feed) -> Result<Self> {
        let heads = Heads::of(database.dialect());
        let writer = Mutex::new(sqlite::Writer::open(&database)?);
        let log = Self(Arc::new(Inner { database, feed, heads, writer }));
        if log.0.database.dialect() == Dialect::Sqlite {
            log.0.heads.gather(log.0.database.clone());
        }
        Ok(log)
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.0.feed
    }

    /// Where an agent's last event is.
    pub(crate) fn head(&self, connection: &mut dyn Connection, workspace: i64, agent: i64) -> Result<Option<Head>> {
        let found = self.0.heads.find(connection, workspace, agent)?;
        if found.is_some() || self.0.database.dialect() == Dialect::Postgres {
            return Ok(found);
        }
        // A new agent is in the database a moment before its head is in memory: once its group has been noted.
        drop(self.writer());
        self.0.heads.find(connection, workspace, agent)
    }

    /// Appends a group in which no agent occurs twice; blocks. When it returns, all of it is on disk, except for drafts
    /// that follow an event which is no longer the agent's last one: these get no number.
    pub(crate) fn commit(&self, drafts: &[Draft]) -> Result<Vec<Option<u64>>> {
        let mut writer = self.writer();
        let seqs = match self.0.database.dialect() {
            Dialect::Sqlite => writer.commit(&self.0.database, &self.0.heads, drafts)?,
            Dialect::Postgres => self.0.database.write_blocking(|connection| postgres::append(connection, drafts))?,
        };
        self.publish(drafts, &seqs);
        Ok(seqs)
    }

    /// Appends first events of new agents, which `make` writes and drafts in the same transaction; blocks.
    pub(crate) fn create<T>(&self, make: impl FnOnce(&mut dyn Connection) -> Result<(T, Vec<Draft>)>) -> Result<T> {
        let mut writer = self.writer();
        let Inner { database, heads, .. } = &*self.0;
        let (made, drafts, seqs) = match database.dialect() {
            Dialect::Sqlite => writer.create(database, heads, make)?,
            Dialect::Postgres => database.write_blocking(|connection| {
                let (made, drafts) = make(connection)?;
                let seqs = postgres::create(connection, &drafts)?;
                Ok((made, drafts, seqs))
            })?,
        };
        self.publish(&drafts, &seqs);
        Ok(made)
    }

    /// Writes down what the next start would otherwise have to gather from the log; blocks. Nothing depends on it but
    /// the time that the next start takes.
    pub(crate) fn settle(&self) -> Result<()> {
        let writer = self.writer();
        let Inner { database, heads, .. } = &*self.0;
        if database.dialect() == Dialect::Postgres {
            return Ok(());
        }
        let slices = heads.rest(writer.last());
        slices.iter().try_for_each(|slice| database.write_blocking(|connection| slice.write(connection)))
    }

    fn publish(&self, drafts: &[Draft], seqs: &[Option<u64>]) {
        if !self.0.feed.is_heard() {
            return;
        }
        let group = drafts.iter().zip(seqs).filter_map(|(draft, seq)| {
            let Draft { workspace, agent, name, revision, body, .. } = draft;
            let (name, body) = (name.clone(), body.as_slice().into());
            let (seq, told) = ((*seq)?, OnceLock::new());
            Some(Published { seq, workspace: *workspace, agent: *agent, name, revision: *revision, body, told })
        });
        let mut group: Vec<Published> = group.collect();
        group.sort_by_key(|published| published.seq);
        self.0.feed.publish(group);
    }

    /// A panic while the lock was held leaves the writer as it was before the group.
    fn writer(&self) -> MutexGuard<'_, sqlite::Writer> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}
