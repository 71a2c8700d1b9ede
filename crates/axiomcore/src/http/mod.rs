//! HTTP: what every service needs around its handlers.
//!
//! - [`Problem`]: what a request that fails gets; [`ErrorCode`] and [`Catalogue`]: what can go wrong, declared once.
//! - [`Routes`]: the table of handlers, each with its [`Guard`] as the first argument.
//! - [`Application`]: the routes inside the middleware; `middleware.rs` is its order on one page.
//! - [`Caller`]: who is at the other end, seen through trusted proxies.
//! - [`Health`]: whether the service lives, is ready, has started.
//! - [`Server`]: listens, answers, stops without dropping a request.

mod admission;
mod application;
mod caller;
mod code;
pub mod codes;
mod config;
mod connection;
mod context;
mod counting;
mod crowd;
mod failures;
mod forwarded;
mod guard;
mod headers;
mod health;
mod json;
mod leftover;
mod markdown;
mod middleware;
mod networks;
mod observe;
mod pages;
mod panics;
mod parameters;
mod patience;
mod pointer;
mod problem;
mod problems;
mod reference;
mod request_id;
mod routes;
mod server;
mod whole;

pub use application::{Application, Surroundings};
pub use axum::http::StatusCode;
pub use caller::Caller;
pub use code::{Catalogue, DeclaredTwice, ErrorCode};
pub use config::{Config, exposed};
pub use context::Context;
pub(crate) use counting::Admitted;
pub use failures::{DECLARED, responses_of};
pub use forwarded::ForwardedHeader;
pub use guard::{Access, Guard, Guarded, Open};
pub use health::{CheckReport, Health, Readiness};
pub use json::{Json, body_of, parse};
pub use networks::{Networks, NoNetwork};
pub use parameters::{Path, Query};
pub use problem::Problem;
pub use routes::{Route, Routes};
pub use server::{Server, ServerError};
pub use whole::Whole;
