//! What was committed, for whoever watches live.

use std::sync::{Arc, OnceLock};

use tokio::sync::broadcast;

/// One event, as soon as it is on disk.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) seq: u64,
    pub(crate) workspace: i64,
    /// The agent's key.
    pub(crate) agent: i64,
    /// The agent's name.
    pub(crate) name: Arc<str>,
    pub(crate) revision: u64,
    /// The body, to be decoded by whoever cares.
    pub(crate) body: Arc<[u8]>,
    /// As it is told to whoever watches, written by the first of them.
    pub(crate) told: OnceLock<Arc<str>>,
}

/// How many commits a slow listener may fall behind before it misses some and is told so.
const KEPT: usize = 512;

/// Passes on what was committed, in the order of the log.
#[derive(Clone, Debug)]
pub(crate) struct Feed(broadcast::Sender<Arc<[Published]>>);

impl Feed {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }

    /// Everything that is committed from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<[Published]>> {
        self.0.subscribe()
    }

    /// Whether anybody listens; if not, nothing has to be put together for them.
    pub(crate) fn is_heard(&self) -> bool {
        self.0.receiver_count() > 0
    }

    pub(crate) fn publish(&self, group: Vec<Published>) {
        if !group.is_empty() {
            // That the last listener has just left is no failure.
            let _ = self.0.send(group.into());
        }
    }
}
