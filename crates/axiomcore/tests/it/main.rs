//! Integration tests of the core, on real databases.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod store;
