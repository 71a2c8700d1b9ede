//! Secrets at rest: what the service must keep and be able to read again (signing keys, second factors) lies in the
//! database sealed under a key that does not.
//!
//! The key comes from the configuration, from a command (a key management service) or, where nobody gives one, from a
//! file in the data folder; production insists on one of the first two, because a copy of the data folder would hold
//! both. To change it, the new key is given with the old one as a previous one: what is sealed anew is sealed under the
//! new key, and what was sealed before can still be opened.

mod config;
mod disk;
mod key;
mod rotation;
mod sealer;

pub use config::Config;
pub use disk::{AtRest, at_rest};
pub use key::{FILE, KeyError, Keys, keys};
pub use rotation::{SealedColumn, Sealing, look, rotate};
pub use sealer::{SealError, Sealer};
