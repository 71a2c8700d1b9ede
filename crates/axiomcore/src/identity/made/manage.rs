//! Following who made what, and ending it.

use std::collections::BTreeSet;

use serde_json::json;

use super::{AllMade, Ending, Lineage, Made, MadeError, MadeKind, given, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::authority::Without;
use crate::identity::transaction::Losers;
use crate::identity::users::store::{self as people, Place};
use crate::identity::{Identity, Permissions, Principal, services, store as keys, users};
use crate::store::{Connection, Result};

/// Something is ended by somebody, at a moment, with all that somebody else has made.
struct End<'e> {
    by: &'e Principal,
    now: Timestamp,
    of: &'e Lineage,
}

impl Identity {
    /// What works in the principal's workspace and was made or given by somebody, or by what they have made, the earliest
    /// first. Whoever asks is not among it, nor what has come of them, unless they ask about themselves; what it takes
    /// another permission to see is counted.
    ///
    /// # Errors
    /// If nobody of that id is here or has made anything; if the database fails.
    pub async fn list_made(&self, principal: &Principal, of: Lineage) -> std::result::Result<AllMade, MadeError> {
        let (by, now) = (principal.clone(), self.now());
        let followed = move |connection: &mut dyn Connection| follow(connection, &by, &of, now);
        let all = self.0.parts.database.read(followed).await?.ok_or(MadeError::NotFound)?;
        let is_seen = |made: &Made| principal.permissions.has(made.takes().0);
        let (items, others): (Vec<Made>, Vec<Made>) = all.into_iter().partition(is_seen);
        Ok(AllMade { items, withheld: others.len() })
    }

    /// Ends all that [`list_made`](Self::list_made) tells: keys are revoked, service accounts lose all keys, people are
    /// disabled, roles are taken back, tickets are worth nothing. Says what that was.
    ///
    /// # Errors
    /// If nobody of that id is here or has made anything, something of it may more than the principal or is what they could
    /// not end by itself, or nobody else may everything: nothing is ended then; if the database fails.
    pub async fn end_made(&self, principal: &Principal, of: Lineage) -> std::result::Result<Vec<Made>, MadeError> {
        let (identity, by, now) = (self.clone(), principal.clone(), self.now());
        self.settle(principal, principal.workspace, move |connection, losers| {
            let workspace = by.workspace;
            let end = End { by: &by, now, of: &of };
            let made = follow(connection, &by, &of, now)?.ok_or(MadeError::NotFound)?;
            for made in &made {
                let (_, takes) = made.takes();
                if !by.permissions.has(takes) {
                    return Err(MadeError::Lacks(takes.name));
                }
                let ending = identity.ending(connection, workspace, made.clone())?;
                if !by.permissions.cover(&ending.permissions) {
                    return Err(MadeError::TooMuch);
                }
                if made.kind == MadeKind::Role && by.key_ends_at().is_some() {
                    identity.keeps_need(connection, workspace, made)?;
                }
                identity.end_one(connection, &end, &ending, losers)?;
            }
            if !made.is_empty() && !identity.has_administrator(connection, workspace, Without::default())? {
                return Err(MadeError::Last);
            }
            let since = of.since.map(|since| since.to_string());
            end.record(connection, "made.end", &of.by, &json!({ "since": since, "ended": made.len() }))?;
            Ok(made)
        })
        .await
    }

    /// What is to be ended, with what it, or who has it, may at the moment.
    fn ending(&self, connection: &mut dyn Connection, workspace: i64, made: Made) -> Result<Ending> {
        if made.kind == MadeKind::Key {
            let found = keys::find(connection, workspace, &made.id)?;
            let permissions = found.map_or(Permissions::only(&[]), |found| found.key.permissions);
            return Ok(Ending { made, permissions });
        }
        let roles = roles_of(connection, workspace, &made.id)?;
        let permissions = self.permissions_of(connection, workspace, &roles)?;
        Ok(Ending { made, permissions })
    }

    /// Refuses to take a role back from who needs a second factor for it, and for nothing else.
    fn keeps_need(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        made: &Made,
    ) -> std::result::Result<(), MadeError> {
        let before = roles_of(connection, workspace, &made.id)?;
        let rest: Vec<String> = before.iter().filter(|role| Some(*role) != made.role.as_ref()).cloned().collect();
        let is_loosened =
            self.need_factor(connection, workspace, &before)? && !self.need_factor(connection, workspace, &rest)?;
        if is_loosened { Err(MadeError::Loosens) } else { Ok(()) }
    }

    fn end_one(
        &self,
        connection: &mut dyn Connection,
        end: &End<'_>,
        Ending { made, .. }: &Ending,
        losers: &mut Losers,
    ) -> Result<()> {
        let place = Place { workspace: end.by.workspace, id: made.id.clone() };
        let detail = json!({ "made_by": made.made_by, "with": end.of.by });
        match made.kind {
            MadeKind::Key => end.key(connection, made, &made.id, losers),
            MadeKind::Service => {
                losers.add(&made.id);
                people::take_back_issued(connection, place.workspace, &made.id)?;
                let keys = store::keys_of_service(connection, place.workspace, &made.id)?;
                keys.iter().try_for_each(|id| end.key(connection, made, id, losers))
            }
            MadeKind::User => {
                self.disable(connection, &place, losers)?;
                // Who enables them does not let in whoever has the ticket of before.
                people::delete_tickets(connection, &place)?;
                end.record(connection, "user.disable", &made.id, &detail)
            }
            MadeKind::Role => end.role(connection, &place, made, losers),
            MadeKind::Ticket => {
                people::delete_tickets(connection, &place)?;
                end.record(connection, "user.ticket_end", &made.id, &detail)
            }
        }
    }
}

impl End<'_> {
    fn key(&self, connection: &mut dyn Connection, made: &Made, id: &str, losers: &mut Losers) -> Result<()> {
        let found = keys::find(connection, self.by.workspace, id)?;
        losers.add(id);
        if keys::revoke(connection, self.by.workspace, id, self.now)? {
            losers.add(found.and_then(|found| found.key.service).as_deref().unwrap_or(id));
            self.record(connection, "key.revoke", id, &json!({ "made_by": made.made_by, "with": self.of.by }))?;
        }
        Ok(())
    }

    /// Takes a role back from who was given it.
    fn role(&self, connection: &mut dyn Connection, bearer: &Place, made: &Made, losers: &mut Losers) -> Result<()> {
        let before = roles_of(connection, bearer.workspace, &bearer.id)?;
        let rest: Vec<String> = before.iter().filter(|role| Some(*role) != made.role.as_ref()).cloned().collect();
        let action = if users::is_id(&bearer.id) {
            people::set_roles(connection, bearer, &rest)?;
            users::lose(connection, bearer.workspace, &bearer.id, losers)?;
            "user.roles"
        } else {
            services::store::set_roles(connection, bearer, &rest)?;
            losers.add(&bearer.id);
            "service.roles"
        };
        given::note(connection, bearer, (&before, &rest), (&self.by.id, self.now))?;
        let detail = json!({ "before": before, "roles": rest, "made_by": made.made_by, "with": self.of.by });
        self.record(connection, action, &bearer.id, &detail)
    }

    fn record(
        &self,
        connection: &mut dyn Connection,
        action: &'static str,
        subject: &str,
        detail: &serde_json::Value,
    ) -> Result<()> {
        let entry = Entry { workspace: self.by.workspace, at: self.now, principal: &self.by.id, action };
        entry.write(connection, subject, detail)
    }
}

/// The roles of a user or a service account.
fn roles_of(connection: &mut dyn Connection, workspace: i64, id: &str) -> Result<Vec<String>> {
    let roles = if users::is_id(id) {
        people::find(connection, workspace, id)?.map(|found| found.user.roles)
    } else {
        services::store::find(connection, workspace, id)?.map(|found| found.roles)
    };
    Ok(roles.unwrap_or_default())
}

/// What works of all that somebody has made or given, directly or not; none if nobody of that id is here or has made anything.
fn follow(connection: &mut dyn Connection, by: &Principal, of: &Lineage, now: Timestamp) -> Result<Option<Vec<Made>>> {
    let store::Told { all, departed } = store::told(connection, by.workspace, now)?;
    let mut trail = departed;
    let makes = |made: &Made| matches!(made.kind, MadeKind::Key | MadeKind::Service | MadeKind::User);
    trail.extend(all.iter().filter(|(made, _)| makes(made)).map(|(made, _)| (made.id.clone(), made.made_by.clone())));
    let is_known = trail.iter().any(|(id, made_by)| *id == of.by || *made_by == of.by);
    if !is_known && !all.iter().any(|(made, _)| made.made_by == of.by) {
        return Ok(None);
    }
    let own = own(connection, by)?;
    let makers = makers(&trail, &of.by, &own);
    let is_in = |made: &Made| {
        let is_theirs = makers.contains(&made.made_by) && made.id != of.by;
        is_theirs && !own.contains(&made.id) && of.since.is_none_or(|since| made.made_at >= since)
    };
    let mut found: Vec<Made> =
        all.into_iter().filter(|(made, works)| *works && is_in(made)).map(|(made, _)| made).collect();
    // Who is ended altogether needs no role or ticket taken back.
    let ended: BTreeSet<String> = found.iter().filter(|made| makes(made)).map(|made| made.id.clone()).collect();
    found.retain(|made| makes(made) || !ended.contains(&made.id));
    Ok(Some(found))
}

/// Somebody, and all who would not be there without them: through who is gone, and whenever that was. Whoever asks is not
/// among them, unless it is they who are asked about.
fn makers(trail: &[(String, String)], of: &str, own: &BTreeSet<String>) -> BTreeSet<String> {
    let mut makers = BTreeSet::from([of.to_owned()]);
    // Makers may have been made in the same moment as what they made: it is gone through until nothing is added.
    loop {
        let is_new =
            |id: &String, made_by: &String| makers.contains(made_by) && !makers.contains(id) && !own.contains(id);
        let further: Vec<String> =
            trail.iter().filter(|(id, made_by)| is_new(id, made_by)).map(|(id, _)| id.clone()).collect();
        if further.is_empty() {
            return makers;
        }
        makers.extend(further);
    }
}

/// What a principal is by: themselves, the key, and whose that is.
fn own(connection: &mut dyn Connection, by: &Principal) -> Result<BTreeSet<String>> {
    let mut own = BTreeSet::from([by.id.clone()]);
    if let Some(id) = &by.key {
        own.insert(id.clone());
        own.extend(keys::find(connection, by.workspace, id)?.and_then(|found| found.key.owner));
    }
    Ok(own)
}
