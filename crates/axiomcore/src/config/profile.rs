//! Where a service runs decides some of its defaults.

use std::fmt;

use super::setting::text_of;
use super::{Raw, Setting};

/// What an installation is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Somebody's own machine.
    #[default]
    Development,
    /// Like production, without its users.
    Staging,
    /// The real thing: unsafe values are refused.
    Production,
}

impl Profile {
    const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// The profile of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Setting for Profile {
    const FORM: &'static str = "development, staging or production";

    fn read(raw: &Raw) -> Option<Self> {
        Self::named(text_of(raw)?)
    }

    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}
