//! Following who made what, and ending it.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Ending, Lineage, Made, MadeError, MadeKind, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::authority::Without;
use crate::identity::routes::WriteUsers;
use crate::identity::transaction::Losers;
use crate::identity::users::store::Place;
use crate::identity::{Identity, Permissions, Principal, Require, services, store as keys, users};
use crate::store::Connection;

impl Identity {
    /// What works in the principal's workspace and was made by somebody, or by what they have made, the earliest first.
    /// Whoever asks is not among it, nor what has come of them, unless they ask about themselves.
    ///
    /// # Errors
    /// If nobody of that id is here or has made anything; if the database fails.
    pub async fn list_made(&self, principal: &Principal, of: Lineage) -> Result<Vec<Made>, MadeError> {
        let (by, now) = (principal.clone(), self.now());
        let followed = move |connection: &mut dyn Connection| follow(connection, &by, &of, now);
        self.0.parts.database.read(followed).await?.ok_or(MadeError::NotFound)
    }

    /// Ends all that [`list_made`](Self::list_made) tells: keys are revoked, service accounts lose all keys, people are
    /// disabled. Says what that was.
    ///
    /// # Errors
    /// If nobody of that id is here or has made anything, something of it may more than the principal, or nobody else may
    /// everything: nothing is ended then; if the database fails.
    pub async fn end_made(&self, principal: &Principal, of: Lineage) -> Result<Vec<Made>, MadeError> {
        let (identity, by, now) = (self.clone(), principal.clone(), self.now());
        self.settle(by.workspace, move |connection, losers| {
            let workspace = by.workspace;
            let made = follow(connection, &by, &of, now)?.ok_or(MadeError::NotFound)?;
            for made in &made {
                let ending = identity.ending(connection, workspace, made.clone())?;
                let is_ours = made.kind != MadeKind::User || by.permissions.has(WriteUsers::PERMISSION);
                if !is_ours || !by.permissions.cover(&ending.permissions) {
                    return Err(MadeError::TooMuch);
                }
                identity.end_one(connection, (&by, now), &of, &ending, losers)?;
            }
            if !made.is_empty() && !identity.has_administrator(connection, workspace, Without::default())? {
                return Err(MadeError::Last);
            }
            let since = of.since.map(|since| since.to_string());
            let entry = Entry { workspace, at: now, principal: &by.id, action: "made.end" };
            entry.write(connection, &of.by, &json!({ "since": since, "ended": made.len() }))?;
            Ok(made)
        })
        .await
    }

    /// What is to be ended, with what it may at the moment.
    fn ending(&self, connection: &mut dyn Connection, workspace: i64, made: Made) -> crate::store::Result<Ending> {
        let roles = match made.kind {
            MadeKind::Key => {
                let found = keys::find(connection, workspace, &made.id)?;
                let permissions = found.map_or(Permissions::only(&[]), |found| found.key.permissions);
                return Ok(Ending { made, permissions });
            }
            MadeKind::Service => services::store::find(connection, workspace, &made.id)?.map(|found| found.roles),
            MadeKind::User => users::store::find(connection, workspace, &made.id)?.map(|found| found.user.roles),
        };
        let permissions = self.permissions_of(connection, workspace, &roles.unwrap_or_default())?;
        Ok(Ending { made, permissions })
    }

    fn end_one(
        &self,
        connection: &mut dyn Connection,
        (by, now): (&Principal, Timestamp),
        of: &Lineage,
        Ending { made, .. }: &Ending,
        losers: &mut Losers,
    ) -> crate::store::Result<()> {
        let place = Place { workspace: by.workspace, id: made.id.clone() };
        let revoked = match made.kind {
            MadeKind::Key => vec![made.id.clone()],
            MadeKind::Service => store::keys_of_service(connection, by.workspace, &made.id)?,
            MadeKind::User => {
                self.disable(connection, &place, losers)?;
                let entry = Entry { workspace: by.workspace, at: now, principal: &by.id, action: "user.disable" };
                return entry.write(connection, &made.id, &json!({ "made_by": made.made_by, "with": of.by }));
            }
        };
        losers.add(&made.id);
        for id in revoked {
            let found = keys::find(connection, by.workspace, &id)?;
            if keys::revoke(connection, by.workspace, &id, now)? {
                losers.add(found.and_then(|found| found.key.service).as_ref().unwrap_or(&id));
                let entry = Entry { workspace: by.workspace, at: now, principal: &by.id, action: "key.revoke" };
                entry.write(connection, &id, &json!({ "made_by": made.made_by, "with": of.by }))?;
            }
        }
        Ok(())
    }
}

/// What works of all that somebody has made, directly or not; none if nobody of that id is here or has made anything.
fn follow(
    connection: &mut dyn Connection,
    by: &Principal,
    of: &Lineage,
    now: Timestamp,
) -> crate::store::Result<Option<Vec<Made>>> {
    let all = store::all(connection, by.workspace, now)?;
    if !all.iter().any(|(made, _)| made.id == of.by || made.made_by == of.by) {
        return Ok(None);
    }
    let own = own(connection, by)?;
    let mut makers = BTreeSet::from([of.by.clone()]);
    // Makers may have been made in the same moment as what they made: it is gone through until nothing is added.
    loop {
        let is_in = |made: &Made| {
            let is_theirs = makers.contains(&made.made_by) && made.id != of.by;
            is_theirs && !own.contains(&made.id) && of.since.is_none_or(|since| made.made_at >= since)
        };
        let further: Vec<String> = all
            .iter()
            .filter(|(made, _)| is_in(made) && !makers.contains(&made.id))
            .map(|(made, _)| made.id.clone())
            .collect();
        if further.is_empty() {
            let found = all.iter().filter(|(made, works)| *works && is_in(made)).map(|(made, _)| made.clone());
            return Ok(Some(found.collect()));
        }
        makers.extend(further);
    }
}

/// What a principal is by: themselves, the key, and whose that is.
fn own(connection: &mut dyn Connection, by: &Principal) -> crate::store::Result<BTreeSet<String>> {
    let mut own = BTreeSet::from([by.id.clone()]);
    if let Some(id) = &by.key {
        own.insert(id.clone());
        own.extend(keys::find(connection, by.workspace, id)?.and_then(|found| found.key.owner));
    }
    Ok(own)
}
