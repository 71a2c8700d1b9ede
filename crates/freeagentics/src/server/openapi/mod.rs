//! The document about the API (OpenAPI 3.1), made from the handlers themselves.
//!
//! A handler carries `#[utoipa::path]`: what it takes, what it answers when all goes well, and its own [`failures!`].
//! Everything else comes from the table of routes: who may call it, and what any request can meet (no credential, too
//! large a body, a full server).

mod core;
mod document;
mod general;
mod parameters;
mod problem;
mod schemas;

pub(crate) use axiomcore::failures;
pub(crate) use document::document;
