//! What an agent is called.

use std::fmt;
use std::sync::Arc;

use axiomcore::entropy::Id;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::{IntoParams, ToSchema};

/// What stands where a name would in an address of the API: an agent called so could be made and never be found.
const RESERVED: &str = "batch";

/// The name of an agent: 1 to 128 of `A–Z a–z 0–9 . _ : -`, not beginning with a dot, and not `batch`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, IntoParams, ToSchema)]
#[serde(try_from = "String")]
#[into_params(names("id"), parameter_in = Path)]
#[schema(as = AgentId, value_type = String, pattern = "^[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,127}$", max_length = 128)]
pub(crate) struct AgentName(
    /// The agent's id.
    #[param(value_type = String, pattern = "^[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,127}$", max_length = 128)]
    Arc<str>,
);

/// A text is no name for an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id of an agent is 1 to 128 letters, digits or `._:-`, does not begin with a dot, and is not `batch`")]
pub(crate) struct NotAName;

impl AgentName {
    /// Checks a text.
    pub(crate) fn new(text: &str) -> Result<Self, NotAName> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        let good = matches!(text.len(), 1..=128) && !text.starts_with('.') && text.bytes().all(fits);
        if good && text != RESERVED { Ok(Self(text.into())) } else { Err(NotAName) }
    }

    /// The name of an agent that nobody named.
    pub(crate) fn of(id: Id) -> Self {
        // The text of a UUID always fits.
        Self(id.to_string().into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl TryFrom<String> for AgentName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        Self::new(&text)
    }
}

impl Serialize for AgentName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_enough_for_addresses_and_files() {
        for good in ["a", "web-1", "eu:web.2_b", "batch-1", &"x".repeat(128)] {
            assert!(AgentName::new(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", ".hidden", "a/b", "a b", "ä", "a\n", "batch", &"x".repeat(129)] {
            assert_eq!(AgentName::new(bad), Err(NotAName), "{bad}");
        }
    }
}
