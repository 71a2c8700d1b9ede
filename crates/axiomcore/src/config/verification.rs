//! How far a connection to another server is protected, in the words of PostgreSQL.

use super::setting::text_of;
use super::{Raw, Setting};

/// What a connection is protected against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Nothing.
    Off,
    /// Who only listens.
    Required,
    /// Who has no certificate of the authority.
    Authority,
    /// Everybody but the server that was meant.
    Full,
}

impl Verification {
    const ALL: [Self; 4] = [Self::Off, Self::Required, Self::Authority, Self::Full];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "disable",
            Self::Required => "require",
            Self::Authority => "verify-ca",
            Self::Full => "verify-full",
        }
    }
}

impl Setting for Verification {
    const FORM: &'static str = "disable, require, verify-ca or verify-full";

    fn read(raw: &Raw) -> Option<Self> {
        let text = text_of(raw)?;
        Self::ALL.into_iter().find(|verification| verification.name() == text)
    }

    fn show(&self) -> String {
        format!("\"{}\"", self.name())
    }
}
