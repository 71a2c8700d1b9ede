//! The production core under a service: everything that is not its trade.
//!
//! - [`clock`]: time as a parameter.
//! - [`store`]: one SQL text on SQLite or PostgreSQL, migrations, transactions.
//!
//! Nothing here knows what an agent is.
#![deny(missing_docs)]

pub mod clock;
pub mod store;
