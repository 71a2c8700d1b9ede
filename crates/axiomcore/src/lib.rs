//! The production core under a service: everything that is not its trade.
//!
//! - [`audit`]: who did what, in a record that cannot be changed unnoticed.
//! - [`backup`]: copies that are sealed, signed, and proved by restoring them.
//! - [`clock`] and [`entropy`]: time and randomness as parameters.
//! - [`config`]: typed settings from defaults, profiles, a file, the environment and flags.
//! - [`hex`]: bytes as text.
//! - [`http`]: problem details, middleware, health, a server that stops without dropping a request.
//! - [`identity`]: who asks and what they may do, in the signature of every handler.
//! - [`lifecycle`]: the data folder, signals, an ordered end.
//! - [`limits`]: how often who may ask, on one node or over all of them.
//! - [`redis`]: what nodes share and can do without.
//! - [`sealing`]: secrets at rest, under a key that does not lie beside them.
//! - [`service`]: all of it together, for a product to put its routes into.
//! - [`store`]: one SQL text on SQLite or PostgreSQL, migrations, transactions.
//! - [`telemetry`]: structured logs and declared metrics.
//! - [`tls`]: protected connections, certificates that are replaced while they are served.
//!
//! Nothing here knows what an agent is. `examples/notes.rs` is a whole service in one file.
#![deny(missing_docs)]

pub mod audit;
pub mod backup;
pub mod clock;
pub mod config;
pub mod entropy;
pub mod hex;
pub mod http;
pub mod identity;
pub mod lifecycle;
pub mod limits;
pub mod redis;
pub mod sealing;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod tls;
