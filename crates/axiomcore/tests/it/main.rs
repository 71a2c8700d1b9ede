//! Integration tests of the core, on real databases and sockets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod attempts;
mod audit;
mod backup;
mod client;
mod config;
mod factors;
mod http;
mod identity;
mod lapsed;
mod lifecycle;
mod notes;
mod opened;
mod people;
mod redis;
mod sealing;
mod store;
mod telemetry;
mod tls;
mod tokens;
mod upgrade;
