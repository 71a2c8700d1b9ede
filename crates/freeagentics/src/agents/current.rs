//! An agent as it is now: what is stored of it, and its last event.

use axiomcore::store::{Error, Result};
use freeagentics_inference::engine::State;

use super::{Stored, store};
use crate::decisions::replay;
use crate::log::{Event, Log, What, history};
use crate::models::{Compiled, Library};
use crate::runtime::Refused;

/// An agent as it is now.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub(crate) stored: Stored,
    pub(crate) last: Event,
    /// What it carries, as saved by the engine; nothing before the first step of an episode, unless it has learnt something.
    pub(crate) state: Option<Vec<u8>>,
}

impl Current {
    /// Reads the agent of this name; blocks. Sees everything that was answered before.
    pub(crate) fn read(log: &Log, library: &Library, workspace: i64, name: &str) -> std::result::Result<Self, Refused> {
        let found = log.database().read_blocking(|connection| store::find(connection, workspace, name))?;
        let stored = found.ok_or(Refused::NotFound)?;
        let is_there = |stored: &Stored| stored.deleted_at.is_none();
        let current = Self::of(log, library, workspace, Some(stored).into_iter().filter(is_there).collect())?;
        let current = current.into_iter().next().filter(|current| current.last.told.what != What::Deleted);
        current.ok_or(Refused::Deleted)
    }

    /// Reads what has become of these agents; blocks.
    pub(crate) fn of(log: &Log, library: &Library, workspace: i64, agents: Vec<Stored>) -> Result<Vec<Self>> {
        // Heads of recent events come from memory. They are asked for before the view of the database in which their
        // events are read begins, for it does not have what is committed later.
        let heads = log.database().read_blocking(|connection| {
            let heads = agents.iter().map(|stored| log.head(connection, workspace, stored.key));
            heads.collect::<Result<Vec<_>>>()
        })?;
        log.database().read_blocking(|connection| {
            let found = agents.into_iter().zip(heads).map(|(stored, head)| {
                let missing = || Error::Corrupt(format!("agent {} has no events", stored.name));
                let last = history::event(connection, head.ok_or_else(missing)?.seq)?;
                let state = replay::state_after(connection, library, &last)?;
                Ok(Self { stored, last, state })
            });
            found.collect()
        })
    }

    /// The state, of which [`Engine::belief`](freeagentics_inference::engine::Engine::belief) tells.
    pub(crate) fn restored(&self, compiled: &Compiled) -> Result<State> {
        replay::restored(compiled, self.state.as_deref(), self.last.told.step)
    }
}
