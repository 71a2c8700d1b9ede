//! Agents over HTTP: one file per endpoint.
//!
//! - `guards` takes what makes asking twice safe from the headers, `step_body` what a step is from a body.
//! - `view` is an agent as it is answered, `answers` what was done, `refused` why something was not done.
//! - `lenient` reads the items of a batch each by itself, so that a wrong one keeps nobody from being served.

pub(crate) mod answers;
pub(crate) mod create;
pub(crate) mod create_batch;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod guards;
pub(crate) mod lenient;
pub(crate) mod list;
pub(crate) mod new_agent;
mod refused;
pub(crate) mod relabel;
pub(crate) mod reset;
pub(crate) mod selection;
pub(crate) mod step;
pub(crate) mod step_batch;
pub(crate) mod step_body;
pub(crate) mod view;
