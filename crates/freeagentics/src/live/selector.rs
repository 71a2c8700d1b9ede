//! Whose events a stream is about.

use std::collections::HashMap;

use axiomcore::store::{Connection, Result};

use crate::agents::{self, Labels};

/// One agent, or all that have some labels.
#[derive(Clone, Debug)]
pub(crate) enum Selector {
    /// The agent with this key.
    Agent(i64),
    /// Every agent that has these labels, now or later.
    Labels(Labels),
}

/// Which agents are meant, as far as it was looked up.
#[derive(Debug, Default)]
pub(super) struct Members(HashMap<i64, Member>);

#[derive(Clone, Copy, Debug)]
struct Member {
    is_meant: bool,
    /// The revision at which it was looked up.
    revision: u64,
}

/// Labels change seldom; after so many events of an agent its labels are looked up again.
const TRUSTED: u64 = 16;

/// More agents than this are forgotten and looked up again.
const MOST: usize = 100_000;

impl Members {
    /// Whether events of an agent are meant; `None` if that has to be looked up.
    pub(super) fn is_meant(&self, selector: &Selector, agent: i64, revision: u64) -> Option<bool> {
        match selector {
            Selector::Agent(key) => Some(*key == agent),
            Selector::Labels(_) => {
                let member = self.0.get(&agent)?;
                (revision < member.revision + TRUSTED).then_some(member.is_meant)
            }
        }
    }

    /// Takes over what was looked up.
    pub(super) fn learn(&mut self, found: Vec<(i64, u64, bool)>) {
        if self.0.len() + found.len() > MOST {
            self.0.clear();
        }
        let members = found.into_iter().map(|(agent, revision, is_meant)| (agent, Member { is_meant, revision }));
        self.0.extend(members);
    }
}

/// Looks up whether agents have the labels.
pub(super) fn look_up(
    connection: &mut dyn Connection,
    workspace: i64,
    labels: &Labels,
    agents: &[(i64, u64)],
) -> Result<Vec<(i64, u64, bool)>> {
    let one = |(agent, revision): &(i64, u64)| {
        let stored = agents::store::find_by_key(connection, workspace, *agent)?;
        Ok((*agent, *revision, stored.is_some_and(|stored| stored.labels.include(labels))))
    };
    agents.iter().map(one).collect()
}
