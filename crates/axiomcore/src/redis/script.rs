//! A script that Redis runs: several commands as one, which nothing comes between.

use std::fmt;
use std::sync::Arc;

/// A script in Lua. Clones are the same.
#[derive(Clone)]
pub struct Script(Arc<redis::Script>);

impl Script {
    /// Of that text, which finds its keys in `KEYS` and the rest in `ARGV`.
    pub fn new(text: &str) -> Self {
        Self(Arc::new(redis::Script::new(text)))
    }

    /// What is to be run, on one key.
    pub fn on(&self, key: &str, arguments: &[u64]) -> Call {
        self.on_all(vec![key.to_owned()], arguments.to_vec())
    }

    /// What is to be run, on several keys.
    pub fn on_all(&self, keys: Vec<String>, arguments: Vec<u64>) -> Call {
        Call { script: self.0.clone(), keys, arguments }
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({})", self.0.get_hash())
    }
}

/// A script with what it is to be run on.
pub struct Call {
    pub(super) script: Arc<redis::Script>,
    pub(super) keys: Vec<String>,
    pub(super) arguments: Vec<u64>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} on {})", self.script.get_hash(), self.keys.join(", "))
    }
}
