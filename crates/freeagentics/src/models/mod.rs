//! Models: from a path or a shipped model's name to an agent that can decide.

mod load;
mod shipped;

pub(crate) use load::{Loaded, Source, read, source};
pub(crate) use shipped::{RECORDINGS, SHIPPED, Shipped};
