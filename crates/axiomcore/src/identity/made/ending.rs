//! Ending what somebody has made.

use serde_json::{Value, json};

use super::manage::follow;
use super::{Lineage, Made, MadeError, MadeKind, given, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::authority::Without;
use crate::identity::roles::{self, store as custom};
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
    /// Ends all that [`list_made`](Self::list_made) tells: keys are revoked, service accounts lose all keys, people are
    /// disabled, roles that were given are taken back and those that were made are deleted, permissions that roles were given
    /// are taken back, tickets are worth nothing. Says what that was.
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
                if !by.permissions.cover(&identity.permissions_of_made(connection, workspace, made)?) {
                    return Err(MadeError::TooMuch);
                }
                if by.key_ends_at().is_some() {
                    identity.keeps_need(connection, workspace, made)?;
                }
                identity.end_one(connection, &end, made, losers)?;
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

    /// What something that is to be ended, or who has it, may at the moment.
    fn permissions_of_made(&self, connection: &mut dyn Connection, workspace: i64, made: &Made) -> Result<Permissions> {
        let roles = match made.kind {
            MadeKind::Key => {
                let found = keys::find(connection, workspace, &made.id)?;
                return Ok(found.map_or(Permissions::only(&[]), |found| found.key.permissions));
            }
            MadeKind::CustomRole | MadeKind::Permission => vec![made.id.clone()],
            MadeKind::Service | MadeKind::User | MadeKind::Role | MadeKind::Ticket => {
                roles_of(connection, workspace, &made.id)?
            }
        };
        self.permissions_of(connection, workspace, &roles)
    }

    /// Refuses to take a role away from who needs a second factor for it, and for nothing else.
    fn keeps_need(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        made: &Made,
    ) -> std::result::Result<(), MadeError> {
        let is_loosened = match made.kind {
            MadeKind::CustomRole => {
                custom::find(connection, workspace, &made.id)?.is_some_and(|role| role.factor_required)
            }
            MadeKind::Role => {
                let before = roles_of(connection, workspace, &made.id)?;
                let rest = without(&before, made);
                self.need_factor(connection, workspace, &before)? && !self.need_factor(connection, workspace, &rest)?
            }
            _ => false,
        };
        if is_loosened { Err(MadeError::Loosens) } else { Ok(()) }
    }

    fn end_one(&self, connection: &mut dyn Connection, end: &End<'_>, made: &Made, losers: &mut Losers) -> Result<()> {
        let place = Place { workspace: end.by.workspace, id: made.id.clone() };
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
                end.record(connection, "user.disable", &made.id, &end.detail(made))
            }
            MadeKind::Role => end.role(connection, &place, made, losers),
            MadeKind::CustomRole => {
                roles::take_away(connection, &place, losers)?;
                end.record(connection, "role.delete", &made.id, &end.detail(made))
            }
            MadeKind::Permission => end.permission(connection, &place, made, losers),
            MadeKind::Ticket => {
                people::delete_tickets(connection, &place)?;
                end.record(connection, "user.ticket_end", &made.id, &end.detail(made))
            }
        }
    }
}

impl End<'_> {
    /// What the record says of whatever is ended.
    fn detail(&self, made: &Made) -> Value {
        json!({ "made_by": made.made_by, "with": self.of.by })
    }

    fn key(&self, connection: &mut dyn Connection, made: &Made, id: &str, losers: &mut Losers) -> Result<()> {
        let found = keys::find(connection, self.by.workspace, id)?;
        losers.add(id);
        if keys::revoke(connection, self.by.workspace, id, self.now)? {
            losers.add(found.and_then(|found| found.key.service).as_deref().unwrap_or(id));
            self.record(connection, "key.revoke", id, &self.detail(made))?;
        }
        Ok(())
    }

    /// Takes a role back from who was given it.
    fn role(&self, connection: &mut dyn Connection, bearer: &Place, made: &Made, losers: &mut Losers) -> Result<()> {
        let before = roles_of(connection, bearer.workspace, &bearer.id)?;
        let rest = without(&before, made);
        let action = if users::is_id(&bearer.id) {
            people::set_roles(connection, bearer, &rest)?;
            users::lose(connection, bearer.workspace, &bearer.id, losers)?;
            "user.roles"
        } else {
            services::store::set_roles(connection, bearer, &rest)?;
            losers.add(&bearer.id);
            "service.roles"
        };
        given::ROLES.note(connection, bearer, (&before, &rest), (self.by, self.now))?;
        let detail = json!({ "before": before, "roles": rest, "made_by": made.made_by, "with": self.of.by });
        self.record(connection, action, &bearer.id, &detail)
    }

    /// Takes a permission back that a role was given.
    fn permission(
        &self,
        connection: &mut dyn Connection,
        role: &Place,
        made: &Made,
        losers: &mut Losers,
    ) -> Result<()> {
        let Some(found) = custom::find(connection, role.workspace, &role.id)? else { return Ok(()) };
        let taken = made.permission.as_deref().unwrap_or_default();
        let permissions = found.permissions.clone().without(taken);
        custom::update(connection, role.workspace, &roles::CustomRole { permissions, ..found })?;
        given::PERMISSIONS.forget(connection, role, taken)?;
        roles::bearers_lose(connection, role.workspace, &role.id, losers)?;
        let detail = json!({ "without": taken, "made_by": made.made_by, "with": self.of.by });
        self.record(connection, "role.update", &role.id, &detail)
    }

    fn record(
        &self,
        connection: &mut dyn Connection,
        action: &'static str,
        subject: &str,
        detail: &Value,
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

/// The roles without the one that was given.
fn without(roles: &[String], made: &Made) -> Vec<String> {
    roles.iter().filter(|role| Some(*role) != made.role.as_ref()).cloned().collect()
}
