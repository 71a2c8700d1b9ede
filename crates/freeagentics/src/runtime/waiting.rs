//! Requests that wait, and what shards are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::oneshot;

use super::committer::Settled;
use super::heavy::Computed;
use super::hot::Id;
use super::loader::Found;
use super::{Answer, Refused, Request};

/// What a shard is sent.
pub(super) enum Message {
    Ask(Waiting),
    /// An agent was read.
    Loaded(Id, Result<Found, Refused>),
    /// Events of it are on disk, or will not be.
    Settled(Vec<Settled>),
    /// The heavy lane has computed a step.
    Computed(Box<Computed>),
    Stop,
}

/// A request with whoever waits for its answer.
pub(super) struct Waiting {
    pub(super) request: Request,
    pub(super) id: Id,
    /// How often another node was first.
    pub(super) tries: u8,
    reply: oneshot::Sender<Answer>,
    /// Counts it among those that wait.
    _ticket: Ticket,
}

/// One of those that wait, until it is dropped.
pub(super) struct Ticket(Arc<AtomicUsize>);

impl Ticket {
    /// Takes one, unless as many wait as may.
    pub(super) fn take(waiting: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let ticket = Self(waiting.clone());
        (before < most).then_some(ticket)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Waiting {
    pub(super) fn new(request: Request, id: Id, reply: oneshot::Sender<Answer>, ticket: Ticket) -> Self {
        Self { request, id, reply, tries: 0, _ticket: ticket }
    }

    pub(super) fn answer(self, answer: Answer) {
        // Whoever asked may have gone; what was done is done.
        let _ = self.reply.send(answer);
    }
}
