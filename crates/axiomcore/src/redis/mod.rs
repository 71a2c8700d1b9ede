//! Redis: what nodes share to be quicker or fairer, and can all do without.
//!
//! Whatever asks [`Redis`] gets [`Lost`] at once when it is not there, and then does what it does alone: losing Redis costs
//! precision or speed, never an answer and never truth. A connection that failed once, or was slower than
//! `redis.timeout`, counts as lost until Redis has answered again, so that no request waits for what others have found to
//! be gone. That is also why the client's own manager of connections is not used: it lets requests wait while it connects.

mod config;
mod connection;
mod script;
mod watch;

pub use config::Config;
pub use connection::{Lost, OpenError, Redis};
pub use script::{Call, Script};
