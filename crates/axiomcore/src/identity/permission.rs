//! Permissions: each declared once, named in the signatures of handlers, held by principals.

use std::collections::BTreeSet;

/// Something that a principal may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// Its name, as `things:verb`.
    pub name: &'static str,
    /// What it lets somebody do, in one line.
    pub meaning: &'static str,
}

/// A type that stands for a permission in the signature of a handler.
pub trait Require: Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
}

/// Declares permissions as types for signatures, and the table of them.
///
/// ```
/// axiomcore::permissions! {
///     /// What one may do with kettles.
///     pub const ALL;
///     SwitchKettles = ("kettles:switch", "Switch kettles on and off.");
/// }
/// assert_eq!(ALL[0].name, "kettles:switch");
/// ```
#[macro_export]
macro_rules! permissions {
    (
        $(#[$about:meta])+
        $vis:vis const $table:ident;
        $($name:ident = ($text:literal, $meaning:literal);)+
    ) => {
        $(
            #[doc = $meaning]
            #[derive(Clone, Copy, Debug)]
            $vis struct $name;

            impl $crate::identity::Require for $name {
                const PERMISSION: $crate::identity::Permission =
                    $crate::identity::Permission { name: $text, meaning: $meaning };
            }
        )+
        $(#[$about])+
        $vis const $table: &[$crate::identity::Permission] =
            &[$(<$name as $crate::identity::Require>::PERMISSION),+];
    };
}

/// The permissions that a principal has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// All there are, those of later versions included: an administrator's.
    Every,
    /// These. Names that this version does not know are kept, for a newer one may have written them.
    Only(BTreeSet<String>),
}

/// How every permission is stored.
const EVERY: &str = "*";

impl Permissions {
    /// These permissions.
    pub fn only(permissions: &[Permission]) -> Self {
        Self::Only(permissions.iter().map(|permission| permission.name.to_owned()).collect())
    }

    /// Whether this one is among them.
    pub fn has(&self, permission: Permission) -> bool {
        match self {
            Self::Every => true,
            Self::Only(names) => names.contains(permission.name),
        }
    }

    /// Whether all of the other's are among them.
    pub fn cover(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Every, _) => true,
            (Self::Only(_), Self::Every) => false,
            (Self::Only(ours), Self::Only(theirs)) => theirs.is_subset(ours),
        }
    }

    /// These and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(mut ours), Self::Only(theirs)) => {
                ours.extend(theirs);
                Self::Only(ours)
            }
            _ => Self::Every,
        }
    }

    /// Those of these that are among the others as well.
    #[must_use]
    pub fn within(self, most: &Self) -> Self {
        match (self, most) {
            (Self::Every, most) => most.clone(),
            (ours, Self::Every) => ours,
            (Self::Only(ours), Self::Only(theirs)) => Self::Only(ours.intersection(theirs).cloned().collect()),
        }
    }

    /// These but the one of this name; all there are stay all.
    #[must_use]
    pub(super) fn without(self, name: &str) -> Self {
        match self {
            Self::Every => Self::Every,
            Self::Only(mut names) => {
                names.remove(name);
                Self::Only(names)
            }
        }
    }

    /// The first of these names that is none of the permissions that there are. `*` is none.
    pub(super) fn unknown(&self, tables: &[&[Permission]]) -> Option<&str> {
        let Self::Only(names) = self else { return None };
        let is_known = |name: &&String| tables.iter().copied().flatten().any(|known| known.name == **name);
        names.iter().find(|name| !is_known(name)).map(String::as_str)
    }

    /// Those of these names; `*` alone is all of them.
    pub(super) fn named(names: Vec<String>) -> Self {
        if names == [EVERY] { Self::Every } else { Self::Only(names.into_iter().collect()) }
    }

    /// Their names; `*` is all of them.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Every => vec![EVERY],
            Self::Only(names) => names.iter().map(String::as_str).collect(),
        }
    }

    /// As stored: names with spaces between them.
    pub(super) fn text(&self) -> String {
        self.names().join(" ")
    }

    pub(super) fn from_text(text: &str) -> Self {
        if text == EVERY { Self::Every } else { Self::Only(text.split_whitespace().map(str::to_owned).collect()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Permission = Permission { name: "things:read", meaning: "" };
    const WRITE: Permission = Permission { name: "things:write", meaning: "" };

    #[test]
    fn nobody_covers_more_than_they_have() {
        let (read, both) = (Permissions::only(&[READ]), Permissions::only(&[READ, WRITE]));
        assert!(both.cover(&read) && read.cover(&read) && Permissions::Every.cover(&both));
        assert!(!read.cover(&both) && !both.cover(&Permissions::Every));
        assert!(read.has(READ) && !read.has(WRITE));
    }

    #[test]
    fn what_is_held_within_something_is_in_both() {
        let (read, both) = (Permissions::only(&[READ]), Permissions::only(&[READ, WRITE]));
        assert_eq!(both.clone().within(&read), read);
        assert_eq!(Permissions::only(&[WRITE]).within(&read), Permissions::only(&[]));
        for (one, most) in [(Permissions::Every, both.clone()), (both.clone(), Permissions::Every)] {
            assert_eq!(one.within(&most), both);
        }
    }

    #[test]
    fn permissions_are_read_back_as_they_were_stored() {
        for permissions in [Permissions::Every, Permissions::only(&[WRITE, READ]), Permissions::only(&[])] {
            assert_eq!(Permissions::from_text(&permissions.text()), permissions);
        }
    }
}
