//! What is wrong with a configuration.

use std::fmt;

use super::Origin;

/// One thing that is wrong, with the key it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key, as `section.key`.
    pub key: String,
    /// Where the value comes from; none if it is about the whole.
    pub origin: Option<Origin>,
    /// What is wrong, and what to do about it.
    pub why: String,
}

impl Fault {
    /// A fault of a key, to be completed with where its value comes from.
    pub fn new(key: impl Into<String>, why: impl Into<String>) -> Self {
        Self { key: key.into(), origin: None, why: why.into() }
    }

    pub(super) fn at(key: &str, origin: &Origin, why: impl Into<String>) -> Self {
        Self { key: key.into(), origin: Some(origin.clone()), why: why.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(origin) => write!(f, "{} ({origin}): {}", self.key, self.why),
            None => write!(f, "{}: {}", self.key, self.why),
        }
    }
}

/// Everything that is wrong with a configuration, one line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Fault::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}
