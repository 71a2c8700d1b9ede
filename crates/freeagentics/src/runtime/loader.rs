//! Reading cold agents, and answers to requests that were made before.

use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Mutex, PoisonError};

use axiomcore::store::{Connection, Error, Result};

use super::hot::{Hot, Id, Name, Packed};
use super::waiting::{Message, Waiting};
use super::window::{Used, Window};
use super::{Ask, Done, Level, Refused};
use crate::agents;
use crate::decisions::replay;
use crate::log::{Event, Log, Step, What, history};
use crate::models::Library;

/// What a loader does.
pub(super) enum Job {
    /// Read an agent.
    Load(Wanted),
    /// Tell the answer of an event again.
    Replay { workspace: i64, seq: u64, waiting: Waiting },
}

/// An agent to be read.
pub(super) struct Wanted {
    pub(super) shard: usize,
    pub(super) id: Id,
    pub(super) workspace: i64,
    pub(super) name: Name,
    /// Whether its idempotency keys are wanted as well.
    pub(super) window: bool,
}

/// An agent that was read.
pub(super) struct Found {
    pub(super) agent: Packed,
    /// The keys that it remembers, if they were wanted.
    pub(super) window: Option<Window>,
    /// Why only its place in the log is known: its model, or what it has become, cannot be read. It can be deleted, and
    /// nothing else.
    pub(super) damage: Option<Refused>,
}

/// So many agents are read in one transaction.
const AT_ONCE: usize = 64;

#[derive(Clone)]
pub(super) struct Loader {
    pub(super) log: Log,
    pub(super) library: Library,
    pub(super) shards: Vec<Sender<Message>>,
}

impl Loader {
    /// Until nobody sends jobs any more.
    pub(super) fn run(self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let batch: Vec<Job> = {
                let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
                let Ok(first) = jobs.recv() else { return };
                std::iter::once(first).chain(jobs.try_iter().take(AT_ONCE - 1)).collect()
            };
            let mut wanted = Vec::new();
            for job in batch {
                match job {
                    Job::Load(one) => wanted.push(one),
                    Job::Replay { workspace, seq, waiting } => self.replay(workspace, seq, waiting),
                }
            }
            if !wanted.is_empty() {
                self.load(wanted);
            }
        }
    }

    fn load(&self, wanted: Vec<Wanted>) {
        let read = self
            .log
            .database()
            .read_blocking(|connection| Ok(wanted.iter().map(|one| self.read(connection, one)).collect::<Vec<_>>()));
        let found = read.unwrap_or_else(|error| {
            let refused = Refused::from(error);
            wanted.iter().map(|_| Err(refused.clone())).collect()
        });
        for (one, found) in wanted.into_iter().zip(found) {
            if let Some(shard) = self.shards.get(one.shard) {
                // A shard that is gone has told everybody who waited.
                let _ = shard.send(Message::Loaded(one.id, found));
            }
        }
    }

    fn read(&self, connection: &mut dyn Connection, wanted: &Wanted) -> std::result::Result<Found, Refused> {
        let Wanted { id, workspace, name, window, .. } = wanted;
        let stored = agents::store::find(connection, *workspace, name)?.ok_or(Refused::NotFound)?;
        if stored.deleted_at.is_some() {
            return Err(Refused::Deleted);
        }
        let head = self.log.head(connection, *workspace, stored.key)?;
        let head = head.ok_or_else(|| Refused::Internal(format!("agent {name} has no events")))?;
        let last = history::event(connection, head.seq)?;
        if (last.workspace, last.agent, last.revision) != (*workspace, stored.key, head.revision) {
            return Err(Refused::Internal(format!("the head of agent {name} points at another event")));
        }
        let (own, damage) = match self.own(connection, &last) {
            Ok(own) => (own, None),
            Err(error @ Error::Corrupt(_)) => (None, Some(Refused::from(error))),
            Err(error) => return Err(error.into()),
        };
        let window = if *window { Some(Window::of(keys(connection, &last)?)) } else { None };
        let agent = Packed::of(&Hot {
            id: *id,
            workspace: *workspace,
            key: stored.key,
            model: last.told.model,
            seed: stored.seed,
            salt: stored.salt,
            revision: last.revision,
            step: last.told.step,
            episode: last.told.episode,
            last: last.seq,
            far: history::far_after(last.seq, last.revision, last.told.far),
            keyed: if last.told.what.key().is_some() { last.seq } else { last.told.keyed },
            commitment: last.commitment,
            state: own.as_deref(),
        });
        Ok(Found { agent, window, damage })
    }

    /// Its own part of what an agent carries after its last event.
    fn own(&self, connection: &mut dyn Connection, last: &Event) -> Result<Option<Box<[u8]>>> {
        let state = replay::state_after(connection, &self.library, last)?;
        let compiled = self.library.compiled_blocking(last.workspace, last.told.model)?;
        let own = state.as_ref().map(|saved| compiled.engine.own_part(saved, last.told.step)).transpose();
        let unreadable = |error| Error::Corrupt(format!("the state after event {}: {error}", last.seq));
        Ok(own.map_err(unreadable)?.map(Into::into))
    }

    fn replay(&self, workspace: i64, seq: u64, waiting: Waiting) {
        let level = match &waiting.request.ask {
            Ask::Step(step) => step.explain,
            _ => Level::None,
        };
        let told = self.log.database().read_blocking(|connection| {
            let event = history::event(connection, seq)?;
            let (revision, step, episode) = (event.revision, event.told.step, event.told.episode);
            let json = match event.told.what {
                What::Stepped(_) => replay::explain(connection, &self.library, workspace, &event, level)?.json,
                _ => String::new(),
            };
            Ok(Done { revision, step, episode, json, replayed: true })
        });
        waiting.answer(told.map_err(Refused::from));
    }
}

/// Keys that an agent has used, newest first, as far as the window reaches.
fn keys(connection: &mut dyn Connection, last: &Event) -> Result<Vec<Used>> {
    let mut used = Vec::new();
    let mut next = if last.told.what.key().is_some() { last.seq } else { last.told.keyed };
    while next != 0 && used.len() < Window::REACH {
        let event = history::event(connection, next)?;
        let asked = match &event.told.what {
            What::Stepped(Step { key, .. }) => key.map(|(_, asked)| asked),
            _ => None,
        };
        used.extend(event.told.what.key().map(|key| Used { key, asked, seq: event.seq }));
        next = event.told.keyed;
    }
    Ok(used)
}
