//! What limits a server, each measured alone, in the same run on the same machine.

mod bare_http;
mod bare_insert;
mod disk;

pub(crate) use bare_http::{BareRequests, serve};
pub(crate) use bare_insert::bare_insert;
pub(crate) use disk::{drop_page_cache, fdatasync};
