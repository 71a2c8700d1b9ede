//! Making, changing and deleting the roles of a workspace.

use serde_json::json;

use super::{CustomRole, NewRole, Role, RoleError, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::made::given;
use crate::identity::transaction::Losers;
use crate::identity::users::store::Place;
use crate::identity::{Identity, Permissions, Principal, services, users};
use crate::store::{Connection, Error};

impl Identity {
    /// The roles that every workspace has.
    pub fn built_in_roles(&self) -> &'static [Role] {
        self.0.parts.roles
    }

    /// The roles that the principal's workspace has made.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_roles(&self, principal: &Principal) -> crate::store::Result<Vec<CustomRole>> {
        let workspace = principal.workspace;
        self.0.parts.database.read(move |connection| store::list(connection, workspace)).await
    }

    /// Makes a role.
    ///
    /// # Errors
    /// If its name is taken or none, it may more than the maker, or the database fails.
    pub async fn create_role(&self, maker: &Principal, new: NewRole) -> Result<CustomRole, RoleError> {
        self.check_role(maker, &new)?;
        if self.built_in(&new.name).is_some() {
            return Err(RoleError::Taken);
        }
        let (by, created_at) = (maker.clone(), self.now());
        let NewRole { name, meaning, permissions, factor_required } = new;
        let role = CustomRole { name, meaning, permissions, factor_required, created_at, created_by: by.id.clone() };
        self.settle(maker, maker.workspace, move |connection, _| {
            store::insert(connection, by.workspace, &role, by.credential()).map_err(|error| match error {
                Error::Conflict => RoleError::Taken,
                other => other.into(),
            })?;
            record(connection, (&by, created_at), "role.create", &role)?;
            Ok(role)
        })
        .await
    }

    /// Changes what a role means and may. Whoever has it may so from now on.
    ///
    /// # Errors
    /// If there is none, it may or would get more than the maker may, or more than before, or go without a second factor, by
    /// a key that expires; if the database fails.
    pub async fn update_role(&self, maker: &Principal, new: NewRole) -> Result<CustomRole, RoleError> {
        self.check_role(maker, &new)?;
        let (by, now) = (maker.clone(), self.now());
        self.settle(maker, maker.workspace, move |connection, losers| {
            let found = ruled(connection, &by, &new.name)?;
            let NewRole { meaning, permissions, factor_required, .. } = new;
            if !by.may_widen(&found.permissions, &permissions) {
                return Err(RoleError::Outlives);
            }
            if found.factor_required && !factor_required && by.key_ends_at().is_some() {
                return Err(RoleError::Loosens);
            }
            let (place, before) = (Place { workspace: by.workspace, id: new.name }, names(&found.permissions));
            given::PERMISSIONS.note(connection, &place, (&before, &names(&permissions)), (&by, now))?;
            let role = CustomRole { meaning, permissions, factor_required, ..found };
            store::update(connection, by.workspace, &role)?;
            bearers_lose(connection, by.workspace, &role.name, losers)?;
            record(connection, (&by, now), "role.update", &role)?;
            Ok(role)
        })
        .await
    }

    /// Deletes a role, and takes it from whoever has it, so that a later one of the same name is nobody's by accident.
    ///
    /// # Errors
    /// If there is none, it may more than the maker or asks for a second factor and the maker is a key that expires; if the
    /// database fails.
    pub async fn delete_role(&self, maker: &Principal, name: &str) -> Result<(), RoleError> {
        let (by, name, now) = (maker.clone(), name.to_owned(), self.now());
        self.settle(maker, maker.workspace, move |connection, losers| {
            let role = ruled(connection, &by, &name)?;
            if role.factor_required && by.key_ends_at().is_some() {
                return Err(RoleError::Loosens);
            }
            take_away(connection, &Place { workspace: by.workspace, id: name }, losers)?;
            record(connection, (&by, now), "role.delete", &role)?;
            Ok(())
        })
        .await
    }

    fn check_role(&self, maker: &Principal, new: &NewRole) -> Result<(), RoleError> {
        let NewRole { name, meaning, permissions, .. } = new;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if !(1..=60).contains(&name.len())
            || !name.starts_with(|c: char| c.is_ascii_lowercase())
            || !name.chars().all(plain)
            // What looks like somebody could be forgotten like them.
            || users::is_id(name)
            || services::is_id(name)
        {
            return Err(RoleError::Name);
        }
        if meaning.trim().is_empty() || meaning.chars().count() > 200 || meaning.chars().any(char::is_control) {
            return Err(RoleError::Meaning);
        }
        // Everything is for administrators, who are counted: the last of them stays.
        if *permissions == Permissions::Every {
            return Err(RoleError::Permission("*".into()));
        }
        if let Some(unknown) = permissions.unknown(self.0.parts.permissions) {
            return Err(RoleError::Permission(unknown.to_owned()));
        }
        if maker.permissions.cover(permissions) { Ok(()) } else { Err(RoleError::TooMuch) }
    }
}

/// The role, if the maker may all that it may.
fn ruled(connection: &mut dyn Connection, maker: &Principal, name: &str) -> Result<CustomRole, RoleError> {
    let found = store::find(connection, maker.workspace, name)?.ok_or(RoleError::NotFound)?;
    if maker.permissions.cover(&found.permissions) { Ok(found) } else { Err(RoleError::TooMuch) }
}

/// Deletes a role, whose place is its name, and takes it from whoever has it.
pub(in crate::identity) fn take_away(
    connection: &mut dyn Connection,
    place: &Place,
    losers: &mut Losers,
) -> crate::store::Result<()> {
    let Place { workspace, id: name } = place;
    for (bearer, roles) in bearers_lose(connection, *workspace, name, losers)? {
        let rest: Vec<String> = roles.into_iter().filter(|one| one != name).collect();
        users::store::set_roles(connection, &bearer, &rest)?;
        services::store::set_roles(connection, &bearer, &rest)?;
        given::ROLES.forget(connection, &bearer, name)?;
    }
    given::PERMISSIONS.forget_all(connection, place)?;
    store::delete(connection, *workspace, name)
}

/// The names of permissions, for who notes them.
fn names(permissions: &Permissions) -> Vec<String> {
    permissions.names().into_iter().map(str::to_owned).collect()
}

/// Notes everybody who has a role as somebody who may less from now on; where they are, with their roles.
pub(in crate::identity) fn bearers_lose(
    connection: &mut dyn Connection,
    workspace: i64,
    role: &str,
    losers: &mut Losers,
) -> crate::store::Result<Vec<(Place, Vec<String>)>> {
    let mut bearers = Vec::new();
    for user in users::store::list(connection, workspace)? {
        if user.roles.iter().any(|one| one == role) {
            users::lose(connection, workspace, &user.id, losers)?;
            bearers.push((Place { workspace, id: user.id }, user.roles));
        }
    }
    for service in services::store::list(connection, workspace)? {
        if service.roles.iter().any(|one| one == role) {
            losers.add(&service.id);
            bearers.push((Place { workspace, id: service.id }, service.roles));
        }
    }
    Ok(bearers)
}

fn record(
    connection: &mut dyn Connection,
    (by, at): (&Principal, Timestamp),
    action: &'static str,
    role: &CustomRole,
) -> crate::store::Result<()> {
    let entry = Entry { workspace: by.workspace, at, principal: &by.id, action };
    let detail = json!({ "permissions": role.permissions.names(), "factor_required": role.factor_required });
    entry.write(connection, &role.name, &detail)
}
