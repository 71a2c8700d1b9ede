//! The event log: what every agent saw, decided and was told, append-only, in the order in which it was committed.
//!
//! The log is the truth. An [`Event`](event::Event) is one row without any index of its own: it links to the event of
//! the same agent before it, to two far ones, and it usually carries what the agent believed afterwards, so that a cold
//! agent is read from its last row. Where an agent's last event is (its *head*) is in memory for recent events and in a
//! narrow table for older ones; see [`heads`].

pub(crate) mod append;
pub(crate) mod commitment;
mod committed;
pub(crate) mod event;
pub(crate) mod feed;
pub(crate) mod heads;
pub(crate) mod history;
mod migrations;
mod postgres;
mod sqlite;

pub(crate) use append::{Also, Draft, Log};
pub(crate) use committed::CommittedEvents;
pub(crate) use event::{Event, Seen, Step, Told, What};
pub(crate) use feed::{Feed, Published};
pub(crate) use migrations::MIGRATIONS;
