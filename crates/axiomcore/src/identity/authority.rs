//! Who may what: what roles come to, that nobody grants more than they have, and that an administrator stays.

use super::roles::store as roles;
use super::{Identity, Permissions, Principal, Role, services, store, users};
use crate::store::{Connection, Error, Result};

/// Why roles are not granted.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotGranted {
    /// There is no such role.
    #[error("there is no role `{0}`")]
    Role(String),
    /// Nobody hands on more than they have.
    #[error("this needs all permissions that the roles have")]
    TooMuch,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Whom not to count, because they are about to go.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Without<'a> {
    pub(super) user: Option<&'a str>,
    pub(super) service: Option<&'a str>,
    pub(super) key: Option<&'a str>,
}

impl Identity {
    /// The role of that name that every workspace has.
    pub(super) fn built_in(&self, name: &str) -> Option<&'static Role> {
        self.0.parts.roles.iter().find(|role| role.name == name)
    }

    /// What roles may together. Those that there are no more may nothing.
    pub(super) fn permissions_of(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        roles: &[String],
    ) -> Result<Permissions> {
        roles.iter().try_fold(Permissions::only(&[]), |sum, name| {
            let found = self.permissions_of_role(connection, workspace, name)?;
            Ok(found.map_or(sum.clone(), |permissions| sum.and(permissions)))
        })
    }

    /// What roles may together, if there are all of them and it is no more than the maker may.
    pub(super) fn may_grant(
        &self,
        connection: &mut dyn Connection,
        maker: &Principal,
        workspace: i64,
        roles: &[String],
    ) -> std::result::Result<Permissions, NotGranted> {
        let mut granted = Permissions::only(&[]);
        for name in roles {
            let found = self.permissions_of_role(connection, workspace, name)?;
            granted = granted.and(found.ok_or_else(|| NotGranted::Role(name.clone()))?);
        }
        if maker.permissions.cover(&granted) { Ok(granted) } else { Err(NotGranted::TooMuch) }
    }

    fn permissions_of_role(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        name: &str,
    ) -> Result<Option<Permissions>> {
        if let Some(role) = self.built_in(name) {
            return Ok(Some(role.permissions()));
        }
        Ok(roles::find(connection, workspace, name)?.map(|role| role.permissions))
    }

    /// Whether anybody in a workspace may everything without an end in sight, apart from who is about to go. Keys count as
    /// well: whoever has one can invite again.
    pub(super) fn has_administrator(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        without: Without<'_>,
    ) -> Result<bool> {
        let rules = |roles: &[String]| {
            roles.iter().any(|name| self.built_in(name).is_some_and(|role| role.permissions() == Permissions::Every))
        };
        let people: Vec<String> = users::store::active_roles(connection, workspace)?
            .into_iter()
            .filter(|(id, roles)| without.user != Some(&**id) && rules(roles))
            .map(|(id, _)| id)
            .collect();
        if !people.is_empty() {
            return Ok(true);
        }
        let services: Vec<String> = services::store::list(connection, workspace)?
            .into_iter()
            .filter(|service| without.service != Some(&*service.id) && rules(&service.roles))
            .map(|service| service.id)
            .collect();
        let keys = store::list_lasting_of_everything(connection, workspace)?;
        Ok(keys.iter().any(|key| {
            let opens = key.service.as_ref().is_none_or(|service| services.contains(service));
            // Whoever owns a key and may everything would have been found above.
            without.key != Some(&*key.id) && opens && key.owner.is_none()
        }))
    }
}
