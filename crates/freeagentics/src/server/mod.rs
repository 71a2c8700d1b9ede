//! The server: everything that `freeagentics serve` puts together.
//!
//! - [`settings`]: what can be set, in one schema; [`arguments`] is how a command line sets it.
//! - [`permissions`], [`codes`], [`routes`]: what one may do, what can go wrong, what can be called; one page each.
//! - [`Platform`]: what handlers work on. [`start`] opens it, serves it and closes it again, in order.
//! - [`pages`]: answers that are read page by page, while whoever asked still may.
//! - [`sealed`]: what lies sealed in the database.
//! - [`openapi`]: the document about the routes, made from the handlers themselves.

pub(crate) mod arguments;
pub(crate) mod codes;
mod computing;
pub(crate) mod documentation;
#[cfg(test)]
mod generated;
pub(crate) mod openapi;
pub(crate) mod page;
pub(crate) mod pages;
pub(crate) mod permissions;
mod platform;
#[cfg(test)]
mod promises;
pub(crate) mod routes;
pub(crate) mod schema;
pub(crate) mod sealed;
pub(crate) mod settings;
pub(crate) mod start;

pub(crate) use platform::{Platform, blueprint};
