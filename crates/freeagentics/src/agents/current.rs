//! An agent as it is now: what is stored of it, and its last event.

use axiomcore::store::{Connection, Error, Result};
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

/// An agent that is there and cannot be read: its model, or what it has become, is not what the program wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("agent {name} cannot be read: {why}")]
pub(crate) struct Damaged {
    pub(crate) name: String,
    pub(crate) why: String,
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
        let each = Self::each(log, library, workspace, agents)?.into_iter();
        each.map(|read| read.map_err(|damaged| Error::Corrupt(damaged.to_string()))).collect()
    }

    /// As [`of`](Self::of), but one that cannot be read does not keep the others from being read.
    pub(crate) fn each(
        log: &Log,
        library: &Library,
        workspace: i64,
        agents: Vec<Stored>,
    ) -> Result<Vec<std::result::Result<Self, Damaged>>> {
        // Heads of recent events come from memory. They are asked for before the view of the database in which their
        // events are read begins, for it does not have what is committed later.
        let heads = log.database().read_blocking(|connection| {
            let heads = agents.iter().map(|stored| log.head(connection, workspace, stored.key));
            heads.collect::<Result<Vec<_>>>()
        })?;
        log.database().read_blocking(|connection| {
            let found = agents.into_iter().zip(heads).map(|(stored, head)| {
                let name = stored.name.clone();
                match Self::at(connection, library, stored, head.map(|head| head.seq)) {
                    Ok(current) => Ok(Ok(current)),
                    Err(Error::Corrupt(why)) => Ok(Err(Damaged { name, why })),
                    Err(error) => Err(error),
                }
            });
            found.collect()
        })
    }

    fn at(connection: &mut dyn Connection, library: &Library, stored: Stored, head: Option<u64>) -> Result<Self> {
        let missing = || Error::Corrupt(format!("agent {} has no events", stored.name));
        let last = history::event(connection, head.ok_or_else(missing)?)?;
        let state = replay::state_after(connection, library, &last)?;
        Ok(Self { stored, last, state })
    }

    /// The state, of which [`Engine::belief`](freeagentics_inference::engine::Engine::belief) tells.
    pub(crate) fn restored(&self, compiled: &Compiled) -> Result<State> {
        replay::restored(compiled, self.state.as_deref(), self.last.told.step)
    }
}
