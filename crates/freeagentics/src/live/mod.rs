//! Live streams: what happens to agents, as it happens, as server-sent events and over a WebSocket.
//!
//! A [`Follower`] is one reader's place in the log. It listens to the feed of what was just committed; what came before,
//! or while its reader was slow, it reads from the log itself. So a reader that comes back with the last number it saw
//! misses nothing, and one that is slow costs the server a bounded amount of memory.

mod config;
mod follow;
mod seats;
mod selector;
mod told;

pub(crate) use config::Config;
pub(crate) use follow::{Follower, Item};
pub(crate) use seats::{Seat, Seats};
pub(crate) use selector::Selector;
