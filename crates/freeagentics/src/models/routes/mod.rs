//! Models over HTTP: one file per endpoint.
//!
//! - `body` takes a document as it comes, `checking` reads, compiles and tests it off the threads that serve requests.
//! - `view` is a model as it is answered, `problem` what is wrong with a document.

mod body;
mod checking;
pub(crate) mod create;
pub(crate) mod diff;
pub(crate) mod list;
mod problem;
pub(crate) mod read;
pub(crate) mod validate;
pub(crate) mod versions;
mod view;
