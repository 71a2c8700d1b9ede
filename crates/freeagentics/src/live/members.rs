//! Names and labels of agents, looked up in batches and remembered for a while.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axiomcore::store::{Database, Result};
use tokio::time::Instant;

use crate::agents::{Labels, store};

/// What is known of an agent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: Arc<str>,
    pub(super) labels: Labels,
}

/// So many agents are remembered.
const MOST: usize = 100_000;

/// Who belongs where.
pub(super) struct Members {
    known: Mutex<Known>,
    /// Labels that were changed through another node are seen after this time.
    good_for: Duration,
}

struct Known {
    members: HashMap<(i64, i64), Arc<Member>>,
    /// Counts changes of labels. What was read before one is not remembered after it.
    generation: u64,
    since: Instant,
}

impl Members {
    pub(super) fn new(good_for: Duration) -> Self {
        let known = Known { members: HashMap::new(), generation: 0, since: Instant::now() };
        Self { known: Mutex::new(known), good_for }
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        let mut known = self.lock();
        known.members.clear();
        known.generation += 1;
    }

    /// Agents by their keys, if all of them are remembered.
    pub(super) fn all_known(&self, workspace: i64, agents: &[i64]) -> Option<HashMap<i64, Arc<Member>>> {
        let known = self.fresh();
        let member = |agent: &i64| Some((*agent, known.members.get(&(workspace, *agent))?.clone()));
        agents.iter().map(member).collect()
    }

    /// Agents by their keys; those that are not remembered are looked up, which blocks.
    pub(super) fn find_blocking(
        &self,
        database: &Database,
        workspace: i64,
        agents: &[i64],
    ) -> Result<HashMap<i64, Arc<Member>>> {
        let known = self.fresh();
        let generation = known.generation;
        let (mut found, mut missing) = (HashMap::new(), BTreeSet::new());
        for agent in agents {
            match known.members.get(&(workspace, *agent)) {
                Some(member) => _ = found.insert(*agent, member.clone()),
                None => _ = missing.insert(*agent),
            }
        }
        drop(known);
        if missing.is_empty() {
            return Ok(found);
        }
        let missing: Vec<i64> = missing.into_iter().collect();
        let read = database.read_blocking(|connection| store::labels_of(connection, workspace, &missing))?;
        let mut known = self.lock();
        for (agent, name, labels) in read {
            let member = Arc::new(Member { name: name.into(), labels });
            if known.generation == generation {
                known.members.insert((workspace, agent), member.clone());
            }
            found.insert(agent, member);
        }
        Ok(found)
    }

    /// Without what has been remembered for too long, and not more than there is room for.
    fn fresh(&self) -> MutexGuard<'_, Known> {
        let mut known = self.lock();
        if known.since.elapsed() > self.good_for || known.members.len() >= MOST {
            known.members.clear();
            known.since = Instant::now();
        }
        known
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
