//! Models: from a path or a shipped model's name to an agent that can decide.

pub(crate) mod expectations;
pub(crate) mod library;
mod load;
mod name;
mod referred;
pub(crate) mod routes;
mod shelf;
mod shipped;
mod store;

pub(crate) use library::{Compiled, Library};
pub(crate) use load::{Loaded, Source, read, source};
pub(crate) use name::{ModelName, NAME_PATTERN, Reference};
pub(crate) use referred::Referred;
pub(crate) use shipped::{RECORDINGS, SHIPPED, Shipped};
