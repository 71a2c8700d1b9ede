//! Roles: names for sets of permissions, declared by the service.

use super::{Permission, Permissions};

/// What a role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Everything, what later versions add included.
    Every,
    /// These.
    Only(&'static [Permission]),
}

/// A role that every installation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name, which users are stored with.
    pub name: &'static str,
    /// Whom it is for, in one line.
    pub meaning: &'static str,
    /// What it may do.
    pub grant: Grant,
}

impl Role {
    /// What it may do.
    pub fn permissions(&self) -> Permissions {
        match self.grant {
            Grant::Every => Permissions::Every,
            Grant::Only(permissions) => Permissions::only(permissions),
        }
    }
}

/// What all of these roles may do together; the first name that is none of them otherwise.
pub(super) fn together<'n>(roles: &[Role], names: impl IntoIterator<Item = &'n str>) -> Result<Permissions, &'n str> {
    names.into_iter().try_fold(Permissions::only(&[]), |sum, name| {
        let role = roles.iter().find(|role| role.name == name).ok_or(name)?;
        Ok(sum.and(role.permissions()))
    })
}
