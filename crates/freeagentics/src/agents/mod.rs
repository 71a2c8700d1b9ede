//! Agents: names, labels, what is stored of each.
//!
//! [`Agent`] is one that lives as long as a command; those of a server are in the database and driven by the runtime.

mod agent;
mod bench;
mod labels;
mod name;
pub(crate) mod store;

pub(crate) use agent::{Brought, NewAgent, Stored};
pub(crate) use bench::{Agent, mend};
pub(crate) use labels::{Labels, NotLabels};
pub(crate) use name::{AgentName, NotAName};
