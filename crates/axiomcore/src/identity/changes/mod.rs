//! What somebody has lost, told to all nodes: a feed in the database.
//!
//! Verified credentials are kept in memory, so that a request does not wait for the database. Whatever takes something
//! away from a principal (a key is revoked, a session ended, a user disabled or given other roles) therefore writes a line
//! here in its own transaction, by [`revoked`]. Every node reads the feed four times a second and forgets whom it names.
//! A node that could not read it for five seconds trusts nothing that it remembers and asks the database each time.
//!
//! Lines are written under one lock, so that their numbers have the order in which they become visible: a reader that has
//! seen a number has seen all before it.

mod store;
mod watch;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::broadcast;

pub use watch::Watch;

use super::store::lock_default_workspace;
use super::{Identity, TokenError};
use crate::clock::Timestamp;
use crate::store::{Connection, Result};

/// How often a node reads the feed.
pub(super) const PAUSE: Duration = Duration::from_millis(250);

/// After so long without having read it, nothing remembered is trusted.
const STALE: Duration = Duration::from_secs(5);

/// How long lines are kept. A node that was away for longer has forgotten everything anyway.
const KEPT: Duration = Duration::from_secs(3600);

/// So many lines may wait for those who watch; who misses some looks into the database.
const WAITING: usize = 256;

/// Stands for all principals of all workspaces.
const EVERYBODY: (i64, &str) = (0, "");

/// Says in the transaction that takes something away from a principal that it does. To be called before anything else is
/// written in that transaction, or two of them could wait for each other.
pub(super) fn revoked(connection: &mut dyn Connection, workspace: i64, principal: &str, now: Timestamp) -> Result<()> {
    lock_default_workspace(connection)?;
    store::append(connection, workspace, principal, now)
}

/// Says that nothing remembered is true any more.
pub(super) fn everybody(connection: &mut dyn Connection, now: Timestamp) -> Result<()> {
    let (workspace, principal) = EVERYBODY;
    revoked(connection, workspace, principal, now)
}

/// A line of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    workspace: i64,
    principal: String,
}

/// How far a node has read.
pub(super) struct Changes {
    seen: AtomicI64,
    read_at: AtomicI64,
    told: broadcast::Sender<Change>,
    /// How often a credential was looked up in the database.
    pub(super) lookups: AtomicU64,
}

impl Changes {
    /// Before anything is remembered.
    pub(super) fn begin(connection: &mut dyn Connection, now: Timestamp) -> Result<Self> {
        let (told, _) = broadcast::channel(WAITING);
        let (seen, read_at) = (AtomicI64::new(store::last(connection)?), AtomicI64::new(now.0));
        Ok(Self { seen, read_at, told, lookups: AtomicU64::new(0) })
    }

    /// Whether what is remembered may be trusted. A clock that was set back by more than that is no reason to.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        let read_at = Timestamp(self.read_at.load(Ordering::SeqCst));
        now.since(read_at) <= STALE && read_at.since(now) <= STALE
    }

    /// How long ago the feed was last read.
    pub(super) fn age(&self, now: Timestamp) -> Duration {
        now.since(Timestamp(self.read_at.load(Ordering::SeqCst)))
    }
}

impl Identity {
    /// Reads what others have taken away and forgets whom it was taken from. Says how many lines there were.
    ///
    /// # Errors
    /// If the database fails; what is remembered is not trusted any more when that goes on.
    pub async fn follow_changes(&self) -> std::result::Result<usize, TokenError> {
        let changes = &self.0.changes;
        let (now, after) = (self.now(), changes.seen.load(Ordering::SeqCst));
        let (last, lines) = self.0.parts.database.read(move |connection| store::after(connection, after)).await?;
        let for_all = lines.iter().any(|line| (line.workspace, line.principal.as_str()) == EVERYBODY);
        if for_all || !changes.is_fresh(now) {
            self.0.cache.clear();
        }
        if for_all {
            self.read_signing_keys().await?;
            // Once more: a token may have been verified meanwhile by a key that is gone now.
            self.0.cache.clear();
        }
        for line in &lines {
            self.0.cache.remove(line.workspace, &line.principal);
            // Nobody may be watching.
            let _ = changes.told.send(line.clone());
        }
        changes.seen.fetch_max(last, Ordering::SeqCst);
        changes.read_at.store(now.0, Ordering::SeqCst);
        Ok(lines.len())
    }

    /// Forgets lines that every node has read.
    pub(super) async fn prune_changes(&self) -> Result<()> {
        let before = self.now().minus(KEPT);
        self.0.parts.database.write(move |connection| store::prune(connection, before)).await
    }
}
