//! A script that Redis runs: several commands as one, which nothing comes between.

use std::fmt;
use std::sync::Arc;

/// A script in Lua over one key. Clones are the same.
#[derive(Clone)]
pub struct Script(Arc<redis::Script>);

impl Script {
    /// Of that text, which finds its key in `KEYS[1]` and the rest in `ARGV`.
    pub fn new(text: &str) -> Self {
        Self(Arc::new(redis::Script::new(text)))
    }

    /// What is to be run.
    pub fn on(&self, key: &str, arguments: &[u64]) -> Call {
        Call { script: self.0.clone(), key: key.to_owned(), arguments: arguments.to_vec() }
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
    pub(super) key: String,
    pub(super) arguments: Vec<u64>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} on {})", self.script.get_hash(), self.key)
    }
}
