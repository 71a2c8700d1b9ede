//! A small blocking client of the API: for this program's own commands, and for the demo, which has no other way in.
//!
//! A [`Call`] says what is asked; [`Client::send`] asks it, and asks again where that cannot do anything twice. What goes
//! wrong is a [`Trouble`], which knows whether the server answered at all, and becomes a command's failure with the
//! server's own code, detail and mend. [`Client::follow`] reads a stream of events and resumes it where it broke off.

mod address;
mod by_command;
mod call;
mod connection;
mod credential;
mod events;
mod exchange;
mod patience;
mod trouble;
mod trust;

pub(crate) use address::Address;
pub(crate) use call::{Call, segment};
pub(crate) use connection::{By, Connection};
pub(crate) use credential::Credential;
pub(crate) use events::Event;
pub(crate) use exchange::Client;
pub(crate) use patience::Patience;
pub(crate) use trouble::{Refusal, Trouble};
pub(crate) use trust::{believing, credulous};
