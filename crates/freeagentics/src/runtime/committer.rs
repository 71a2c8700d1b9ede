//! The one committer: what shards propose becomes durable, then it is answered.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use tokio::time::Instant;

use super::hot::Slot;
use super::metrics::RuntimeMetrics;
use super::waiting::{Message, Waiting};
use super::{Done, Refused};
use crate::log::{Draft, Log};

/// An event on its way to disk.
pub(super) struct Proposed {
    pub(super) draft: Draft,
    pub(super) pending: Pending,
}

/// What happens once it is there.
pub(super) struct Pending {
    pub(super) shard: usize,
    pub(super) slot: Slot,
    /// What is answered.
    pub(super) done: Done,
    /// Who waits for the answer.
    pub(super) waiting: Waiting,
    /// What becomes of the agent.
    pub(super) next: Next,
}

/// An agent after its event.
pub(super) struct Next {
    pub(super) commitment: [u8; 32],
    pub(super) state: Option<Box<[u8]>>,
    /// The key of the request with what was asked, for the window.
    pub(super) key: Option<(super::window::KeyHash, Option<super::window::KeyHash>)>,
    pub(super) deleted: bool,
}

/// How an event fared.
pub(super) struct Settled {
    pub(super) slot: Slot,
    pub(super) fate: Fate,
}

/// What became of an event.
pub(super) enum Fate {
    /// It is on disk, here.
    Committed {
        seq: u64,
        /// The agent's revision, steps and episode.
        counts: (u64, u64, u64),
        next: Next,
    },
    /// Another node was first: the agent has to be read again, and asked again.
    Moved(Waiting),
    /// Nothing was done, and that was answered.
    Failed,
}

pub(super) struct Committer {
    pub(super) log: Log,
    pub(super) shards: Vec<Sender<Message>>,
    pub(super) metrics: Arc<RuntimeMetrics>,
    /// The most events of a group.
    pub(super) most: usize,
}

impl Committer {
    /// Until no shard is left.
    pub(super) fn run(self, proposals: &Receiver<Vec<Proposed>>) {
        let mut carried: Vec<Proposed> = Vec::new();
        loop {
            if carried.is_empty() {
                match proposals.recv() {
                    Ok(group) => carried = group,
                    Err(_) => return,
                }
            }
            while carried.len() < self.most {
                let Ok(more) = proposals.try_recv() else { break };
                carried.extend(more);
            }
            let rest = carried.split_off(carried.len().min(self.most));
            self.commit(std::mem::replace(&mut carried, rest));
        }
    }

    fn commit(&self, group: Vec<Proposed>) {
        let (drafts, pending): (Vec<Draft>, Vec<Pending>) =
            group.into_iter().map(|proposed| (proposed.draft, proposed.pending)).unzip();
        let began = Instant::now();
        let committed = self.log.commit(&drafts);
        self.metrics.committed(drafts.len(), began.elapsed(), committed.is_ok());
        let mut settled: Vec<Vec<Settled>> = self.shards.iter().map(|_| Vec::new()).collect();
        match committed {
            Ok(seqs) => {
                for (pending, seq) in pending.into_iter().zip(seqs) {
                    settle(&mut settled, pending, seq);
                }
            }
            Err(error) => {
                tracing::error!(cause = %error, events = drafts.len(), "a group was not committed: {error}");
                let refused = Refused::from(error);
                for Pending { shard, slot, waiting, .. } in pending {
                    waiting.answer(Err(refused.clone()));
                    push(&mut settled, shard, Settled { slot, fate: Fate::Failed });
                }
            }
        }
        for (shard, settled) in self.shards.iter().zip(settled).filter(|(_, settled)| !settled.is_empty()) {
            // A shard that is gone has nothing in memory to keep in step.
            let _ = shard.send(Message::Settled(settled));
        }
    }
}

fn settle(settled: &mut [Vec<Settled>], pending: Pending, seq: Option<u64>) {
    let Pending { shard, slot, done, mut waiting, next } = pending;
    waiting.request.lap("commit");
    let fate = match seq {
        Some(seq) => {
            let counts = (done.revision, done.step, done.episode);
            waiting.answer(Ok(done));
            Fate::Committed { seq, counts, next }
        }
        None => Fate::Moved(waiting),
    };
    push(settled, shard, Settled { slot, fate });
}

fn push(settled: &mut [Vec<Settled>], shard: usize, one: Settled) {
    if let Some(settled) = settled.get_mut(shard) {
        settled.push(one);
    }
}
