//! Real servers for tests. Each is started by the test that needs it, on a free port, in a temporary folder, and ends
//! with it. Nothing here is part of the product.
#![deny(missing_docs)]
#![expect(clippy::expect_used, clippy::panic, reason = "a test without its server cannot go on")]

mod authenticator;
mod authority;
mod device;
mod pebble;
mod postgres;
mod program;
mod redis;
mod s3;
mod tls_listener;

pub use authenticator::Authenticator;
pub use authority::{Authority, Issued};
pub use device::{Ceremony, Device, Made, Shown};
pub use pebble::Pebble;
pub use postgres::Postgres;
pub use program::Program;
pub use redis::Redis;
pub use s3::S3;
pub use tls_listener::TlsListener;

use std::net::TcpListener;

/// A port on the loopback address that nobody listens on right now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port can be bound");
    listener.local_addr().expect("a bound listener has an address").port()
}
