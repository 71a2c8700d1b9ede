//! As much of HTTP/1.1 as is needed to ask the API over connections that stay open.
//!
//! Writing requests and taking answers apart is kept from reading and writing sockets, so that the drill that measures
//! can drive many connections from one thread.

mod connection;
mod request;
mod response;

pub use connection::{Connection, NoAnswer};
pub use request::{Access, Request};
pub use response::{Frame, Response};
