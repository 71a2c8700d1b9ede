//! A shard: owns the order of its agents, computes what waits as a batch.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender};

use axiomcore::clock::Clock;

use super::committer::{Fate, Next, Proposed, Settled};
use super::heavy::Load;
use super::hot::{Cache, Hot, Id, Packed, Slot};
use super::loader::{Found, Job, Wanted};
use super::metrics::RuntimeMetrics;
use super::stepping::Seat;
use super::waiting::{Message, Waiting};
use super::window::Used;
use super::{Ask, Config, Refused};
use crate::log::history;
use crate::models::Library;

/// Another node that is first so often in a row means that something else is wrong.
const MOST_TRIES: u8 = 5;

/// So many messages are taken as one batch.
const BATCH: usize = 1024;

/// Requests that wait for their agent's turn, in order.
type Queue = VecDeque<Waiting>;

pub(super) struct Shard {
    pub(super) parts: Parts,
    pub(super) outlets: Outlets,
    pub(super) cache: Cache,
    pub(super) seats: HashMap<(i64, i64), Seat>,
    /// Events of this batch.
    pub(super) proposed: Vec<Proposed>,
    /// Behind agents that have an event under way.
    queues: HashMap<Slot, Queue>,
    /// Behind agents that are being read.
    loading: HashMap<Id, Queue>,
}

/// What a shard is made of.
pub(super) struct Parts {
    pub(super) number: usize,
    pub(super) config: Config,
    pub(super) library: Library,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: Arc<RuntimeMetrics>,
}

/// Where a shard sends things.
pub(super) struct Outlets {
    pub(super) committer: Sender<Vec<Proposed>>,
    pub(super) loader: Sender<Job>,
    pub(super) heavy: SyncSender<Load>,
}

impl Shard {
    pub(super) fn new(parts: Parts, outlets: Outlets, memory: usize) -> Self {
        Self {
            parts,
            outlets,
            cache: Cache::new(memory),
            seats: HashMap::new(),
            proposed: Vec::new(),
            queues: HashMap::new(),
            loading: HashMap::new(),
        }
    }

    /// Until it is stopped.
    pub(super) fn run(mut self, messages: &Receiver<Message>) {
        while let Ok(first) = messages.recv() {
            let (hot, bytes) = (self.cache.len(), self.cache.bytes());
            for message in std::iter::once(first).chain(messages.try_iter().take(BATCH - 1)) {
                match message {
                    Message::Ask(waiting) => self.ask(waiting),
                    Message::Loaded(id, found) => self.loaded(id, found),
                    Message::Settled(settled) => settled.into_iter().for_each(|one| self.settled(one)),
                    Message::Computed(computed) => self.computed(*computed),
                    Message::Stop => return,
                }
            }
            if !self.proposed.is_empty() {
                // The committer outlives the shards.
                let _ = self.outlets.committer.send(std::mem::take(&mut self.proposed));
            }
            self.parts.metrics.hot.inc_by(self.cache.len() as f64 - hot as f64);
            self.parts.metrics.hot_bytes.inc_by(self.cache.bytes() as f64 - bytes as f64);
        }
    }

    fn ask(&mut self, waiting: Waiting) {
        match self.cache.find(waiting.id) {
            Some(slot) => self.queue_or_take(slot, waiting),
            None => self.load(waiting, false),
        }
    }

    fn queue_or_take(&mut self, slot: Slot, waiting: Waiting) {
        if !self.cache.is_in_flight(slot) {
            return self.take(slot, waiting);
        }
        let queue = self.queues.entry(slot).or_default();
        if queue.len() >= self.parts.config.agent_queue {
            return waiting.answer(Err(Refused::AgentBusy));
        }
        queue.push_back(waiting);
    }

    /// Has an agent read; `window` if its idempotency keys are wanted.
    pub(super) fn load(&mut self, waiting: Waiting, window: bool) {
        let (id, request) = (waiting.id, &waiting.request);
        let window = window || request.guarded.idempotency_key.is_some();
        let (workspace, name) = (request.principal.workspace, request.agent.shared());
        if let Some(queue) = self.loading.get_mut(&id) {
            if queue.len() >= self.parts.config.agent_queue {
                return waiting.answer(Err(Refused::AgentBusy));
            }
            return queue.push_back(waiting);
        }
        self.loading.insert(id, Queue::from([waiting]));
        let wanted = Wanted { shard: self.parts.number, id, workspace, name, window };
        if self.outlets.loader.send(Job::Load(wanted)).is_err() {
            self.loaded(id, Err(Refused::Stopping));
        }
    }

    fn loaded(&mut self, id: Id, found: Result<Found, Refused>) {
        self.parts.metrics.loads.inc();
        let queue = self.loading.remove(&id).unwrap_or_default();
        let Found { agent, window, damage } = match found {
            Ok(found) => found,
            Err(refused) => return queue.into_iter().for_each(|waiting| waiting.answer(Err(refused.clone()))),
        };
        // Two loads of one agent never overlap, so it cannot be there already.
        let slot = self.cache.insert(agent, window);
        let Some(refused) = damage else { return queue.into_iter().for_each(|waiting| self.ask(waiting)) };
        let (deletions, others): (Queue, Queue) =
            queue.into_iter().partition(|waiting| matches!(waiting.request.ask, Ask::Delete));
        others.into_iter().for_each(|waiting| waiting.answer(Err(refused.clone())));
        deletions.into_iter().for_each(|waiting| self.ask(waiting));
        // Nobody else may take it for an agent that has seen nothing yet.
        if let Some(slot) = slot.filter(|slot| !self.cache.is_in_flight(*slot)) {
            self.cache.remove(slot);
        }
    }

    fn settled(&mut self, settled: Settled) {
        let Settled { slot, fate } = settled;
        let mut again = None;
        match fate {
            Fate::Committed { seq, counts, next } => self.advance(slot, seq, counts, next),
            Fate::Failed => self.cache.remove(slot),
            Fate::Moved(mut waiting) => {
                self.cache.remove(slot);
                waiting.tries += 1;
                if waiting.tries >= MOST_TRIES {
                    waiting.answer(Err(Refused::AgentBusy));
                } else {
                    again = Some(waiting);
                }
            }
        }
        again.into_iter().for_each(|waiting| self.ask(waiting));
        self.go_on(slot);
    }

    /// Gives those that waited for an agent's turn theirs, as far as they do not have to wait again.
    pub(super) fn go_on(&mut self, slot: Slot) {
        let Some(mut queue) = self.queues.remove(&slot) else { return };
        while let Some(waiting) = queue.pop_front() {
            match self.cache.find(waiting.id) {
                Some(slot) if self.cache.is_in_flight(slot) => {
                    queue.push_front(waiting);
                    self.queues.insert(slot, queue);
                    return;
                }
                Some(slot) => self.take(slot, waiting),
                None => self.load(waiting, false),
            }
        }
    }

    /// What an agent is after its event has become durable.
    fn advance(&mut self, slot: Slot, seq: u64, (revision, step, episode): (u64, u64, u64), next: Next) {
        if next.deleted {
            return self.cache.remove(slot);
        }
        let Some(hot) = self.cache.get(slot) else { return };
        let packed = Packed::of(&Hot {
            revision,
            step,
            episode,
            last: seq,
            far: history::far_after(seq, revision, hot.far),
            keyed: if next.key.is_some() { seq } else { hot.keyed },
            commitment: next.commitment,
            state: next.state.as_deref(),
            ..hot
        });
        self.cache.replace(slot, packed);
        self.cache.set_in_flight(slot, false);
        self.cache.touch(slot);
        if let Some(((key, asked), window)) = next.key.zip(self.cache.window_mut(slot)) {
            window.add(Used { key, asked, seq });
        }
    }
}
