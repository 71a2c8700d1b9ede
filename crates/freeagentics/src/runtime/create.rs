//! Making agents: many in one transaction, each with its first event.

use std::sync::Arc;

use axiomcore::audit;
use axiomcore::identity::Principal;
use axiomcore::store::{Connection, Error, Result};
use serde_json::json;

use super::Runtime;
use crate::agents::{self, Brought, NewAgent};
use crate::counters;
use crate::log::commitment::{BEGINNING, Row, commitment};
use crate::log::{Draft, Told, What};

impl Runtime {
    /// Makes agents; those whose name is taken are left out. Says of each whether it was made.
    pub(crate) async fn create(&self, principal: Arc<Principal>, agents: Vec<NewAgent>) -> Result<Vec<bool>> {
        let runtime = self.clone();
        let work = move || runtime.create_blocking(&principal, &agents);
        let joined = tokio::task::spawn_blocking(work).await;
        joined.unwrap_or_else(|error| Err(Error::Failed(format!("making agents did not end: {error}"))))
    }

    /// As [`create`](Self::create), on a thread that may block.
    pub(crate) fn create_blocking(&self, principal: &Principal, agents: &[NewAgent]) -> Result<Vec<bool>> {
        if agents.is_empty() {
            return Ok(Vec::new());
        }
        let made = self.0.parts.log.create(|connection| self.insert(connection, principal, agents))?;
        self.count("created", made.iter().filter(|made| **made).count());
        Ok(made)
    }

    /// Makes agents that are only known inside the transaction, all of them or none; blocks. Says how many there are, or
    /// which of them have names that are taken.
    pub(crate) fn create_all_blocking(
        &self,
        principal: &Principal,
        gather: impl FnOnce(&mut dyn Connection) -> Result<Vec<NewAgent>>,
    ) -> Result<std::result::Result<usize, Vec<usize>>> {
        let mut taken = Vec::new();
        let made = self.0.parts.log.create(|connection| {
            let agents = gather(connection)?;
            let (made, drafts) = self.insert(connection, principal, &agents)?;
            taken.extend(made.iter().enumerate().filter(|(_, made)| !**made).map(|(at, _)| at));
            // An error undoes the transaction.
            if taken.is_empty() { Ok((agents.len(), drafts)) } else { Err(Error::Conflict) }
        });
        match made {
            Err(Error::Conflict) if !taken.is_empty() => Ok(Err(taken)),
            made => {
                let made = made?;
                self.count("imported", made);
                Ok(Ok(made))
            }
        }
    }

    fn count(&self, kind: &str, agents: usize) {
        self.0.metrics.changes.with(&[kind]).inc_by(agents as u64);
    }

    fn insert(
        &self,
        connection: &mut dyn Connection,
        principal: &Principal,
        agents: &[NewAgent],
    ) -> Result<(Vec<bool>, Vec<Draft>)> {
        if agents.is_empty() {
            return Ok(Default::default());
        }
        let parts = &self.0.parts;
        let (at, workspace) = (parts.clock.now(), principal.workspace);
        let mut salts = vec![[0; 16]; agents.len()];
        parts.entropy.fill(salts.as_flattened_mut()).map_err(|error| Error::Failed(error.to_string()))?;
        let first = counters::next(connection, "agents", agents.len())?;
        let new: Vec<(&NewAgent, i64, [u8; 16])> =
            agents.iter().zip(first..).zip(&salts).map(|((new, key), salt)| (new, key, *salt)).collect();
        let made = agents::store::insert(connection, workspace, &new, (at, &principal.id))?;
        let fresh = new.iter().zip(&made).filter(|(_, made)| **made).map(|(new, _)| *new);
        let drafts = fresh.map(|new| draft(principal, new, at.0)).collect::<Result<Vec<Draft>>>()?;
        if let [Draft { name, .. }, ..] = drafts.as_slice() {
            let entry = audit::Entry { workspace, at, principal: &principal.id, action: "agent.create" };
            entry.write(connection, name, &json!({ "agents": drafts.len() }))?;
        }
        Ok((made, drafts))
    }
}

fn draft(principal: &Principal, (new, key, salt): (&NewAgent, i64, [u8; 16]), at: i64) -> Result<Draft> {
    let (what, step, episode) = match &new.brought {
        None => (What::Created, 0, 1),
        Some(Brought { step, episode, state }) => (What::Imported { state: state.clone() }, *step, *episode),
    };
    let (model, principal_id) = (new.model, principal.id.clone());
    let told = Told { at, principal: principal_id, model, episode, step, far: [0; 2], keyed: 0, what };
    let body = told.encode().map_err(|error| Error::Failed(error.to_string()))?;
    let row = Row { salt: &salt, before: &BEGINNING, workspace: principal.workspace, agent: key, revision: 1 };
    let commitment = commitment(row, &body);
    let (workspace, name) = (principal.workspace, new.name.shared());
    Ok(Draft { workspace, agent: key, name, revision: 1, prev: 0, body, commitment, also: None })
}
