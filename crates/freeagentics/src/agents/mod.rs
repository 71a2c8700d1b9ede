//! Agents: names, labels, what is stored of each, and their HTTP.
//!
//! [`Agent`] is one that lives as long as a command; those of a server are in the database and driven by the runtime.

mod agent;
mod bench;
mod current;
mod labels;
mod name;
pub(crate) mod routes;
mod seed;
pub(crate) mod store;

pub(crate) use agent::{Brought, NewAgent, Stored};
pub(crate) use bench::{Agent, mend};
pub(crate) use current::{Current, Damaged};
pub(crate) use labels::Labels;
pub(crate) use name::AgentName;
pub(crate) use seed::Seed;
