//! The production core under a service: everything that is not its trade.
//!
//! - [`clock`] and [`entropy`]: time and randomness as parameters.
//! - [`config`]: typed settings from defaults, profiles, a file, the environment and flags.
//! - [`lifecycle`]: the data folder, signals, an ordered end.
//! - [`store`]: one SQL text on SQLite or PostgreSQL, migrations, transactions.
//! - [`telemetry`]: structured logs and declared metrics.
//!
//! Nothing here knows what an agent is.
#![deny(missing_docs)]

pub mod clock;
pub mod config;
pub mod entropy;
pub mod lifecycle;
pub mod store;
pub mod telemetry;
