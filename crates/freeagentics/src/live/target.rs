//! Who is followed.

use std::collections::HashMap;
use std::sync::Arc;

use axiomcore::http::Problem;
use axiomcore::store::{Connection, Result};
use tokio::task::spawn_blocking;

use super::members::Member;
use super::teller::{Happened, Teller, Telling};
use crate::agents::{AgentName, Labels, Stored, store};
use crate::log::{Event, Published};
use crate::runtime::Refused;

/// Who is followed.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// One agent.
    Agent { key: i64, name: Arc<str> },
    /// Those that have all of these labels; everybody, without any.
    Labelled(Labels),
}

impl Target {
    /// An agent by its name.
    pub(super) async fn agent(teller: &Teller, workspace: i64, name: AgentName) -> std::result::Result<Self, Problem> {
        let find = move |connection: &mut dyn Connection| store::find(connection, workspace, name.as_str());
        match teller.log().database().read(find).await? {
            None => Err(Refused::NotFound.into()),
            Some(Stored { deleted_at: Some(_), .. }) => Err(Refused::Deleted.into()),
            Some(Stored { key, name, .. }) => Ok(Self::Agent { key, name: name.into() }),
        }
    }

    /// Whether an event of this agent can be meant, as far as that can be said at once.
    pub(super) const fn may_mean(&self, agent: i64) -> bool {
        match self {
            Self::Agent { key, .. } => agent == *key,
            Self::Labelled(_) => true,
        }
    }

    /// Those that are meant.
    pub(super) async fn meant<'p>(
        &self,
        teller: &Teller,
        workspace: i64,
        published: Vec<&'p Published>,
    ) -> Result<Vec<&'p Published>> {
        let labels = match self {
            Self::Labelled(labels) if !labels.is_empty() && !published.is_empty() => labels,
            _ => return Ok(published),
        };
        let (own, agents) = (teller.clone(), published.iter().map(|one| one.agent).collect::<Vec<i64>>());
        let members = match own.members().all_known(workspace, &agents) {
            Some(members) => members,
            None => {
                let find = move || own.members().find_blocking(own.log().database(), workspace, &agents);
                joined(spawn_blocking(find).await)?
            }
        };
        let is_meant = |one: &&Published| members.get(&one.agent).is_some_and(|member| member.labels.include(labels));
        Ok(published.into_iter().filter(is_meant).collect())
    }

    /// Tells those events of the log that are meant; blocks.
    pub(super) fn tell_blocking(&self, teller: &Teller, workspace: i64, events: &[Event]) -> Result<Vec<Telling>> {
        let own: Vec<&Event> =
            events.iter().filter(|event| event.workspace == workspace && self.may_mean(event.agent)).collect();
        let agents: Vec<i64> = own.iter().map(|event| event.agent).collect();
        let members = match self {
            Self::Agent { .. } => HashMap::new(),
            Self::Labelled(_) => teller.members().find_blocking(teller.log().database(), workspace, &agents)?,
        };
        let told = own.into_iter().filter_map(|event| {
            let agent = self.name(members.get(&event.agent))?;
            let happened = Happened { seq: event.seq, agent, revision: event.revision, told: &event.told };
            Some(teller.tell_blocking(workspace, &happened))
        });
        told.collect()
    }

    /// The name of an agent, if it is meant.
    fn name<'n>(&'n self, member: Option<&'n Arc<Member>>) -> Option<&'n str> {
        match self {
            Self::Agent { name, .. } => Some(name),
            Self::Labelled(labels) => member.filter(|member| member.labels.include(labels)).map(|member| &*member.name),
        }
    }
}

/// What came of work on a thread that may block.
pub(super) fn joined<T>(result: std::result::Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    let lost = |error: tokio::task::JoinError| axiomcore::store::Error::Failed(error.to_string());
    result.unwrap_or_else(|error| Err(lost(error)))
}
