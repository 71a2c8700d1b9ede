//! What an agent is called.

use std::fmt;
use std::sync::Arc;

/// The name of an agent: 1 to 128 of `A–Z a–z 0–9 . _ : -`, not beginning with a dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AgentName(Arc<str>);

/// A text is no name for an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id of an agent is 1 to 128 letters, digits or `._:-`, and does not begin with a dot")]
pub(crate) struct NotAName;

impl AgentName {
    /// Checks a text.
    pub(crate) fn new(text: &str) -> Result<Self, NotAName> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        let good = matches!(text.len(), 1..=128) && !text.starts_with('.') && text.bytes().all(fits);
        if good { Ok(Self(text.into())) } else { Err(NotAName) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn shared(&self) -> Arc<str> {
        self.0.clone()
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
        for good in ["a", "web-1", "eu:web.2_b", &"x".repeat(128)] {
            assert!(AgentName::new(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", ".hidden", "a/b", "a b", "ä", "a\n", &"x".repeat(129)] {
            assert_eq!(AgentName::new(bad), Err(NotAName), "{bad}");
        }
    }
}
