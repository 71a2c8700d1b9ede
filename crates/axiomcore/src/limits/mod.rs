//! How often who may ask: a bucket of requests for everybody and every kind of route, which refills steadily.
//!
//! - [`Class`]: the kinds of routes, each with a [`Rate`] of its own or none ([`Config`]).
//! - [`Key`]: whose bucket it is: an address (of IPv6 a whole /64, because one customer has that many) or a principal.
//! - [`Buckets`]: where they are kept: [`Memory`], or [`InRedis`] in Redis for all nodes together.
//! - [`Limits`]: the service; [`http`](crate::http) asks it and tells clients what is left.
//!
//! The arithmetic (GCRA, `bucket.rs`) keeps one number a bucket, the moment at which it is full again, so a bucket whose
//! moment has passed needs no memory at all. The `governor` crate has the same arithmetic, but its keyed stores grow
//! with the number of addresses until somebody sweeps them, it reads the time itself, and it could not share with Redis.

mod bucket;
mod class;
mod config;
mod in_redis;
mod key;
mod memory;
mod quota;
mod rate;
mod service;

pub use bucket::Level;
pub use class::Class;
pub use config::Config;
pub use in_redis::InRedis;
pub(crate) use key::block;
pub use key::{Key, Subject};
pub use memory::Memory;
pub use quota::Quota;
pub(crate) use quota::{RATE_LIMIT, RATE_LIMIT_POLICY};
pub use rate::Rate;
pub use service::{Limits, LimitsParts};

use std::pin::Pin;

use crate::redis::Lost;

/// What a bucket turns out to hold, once it is known.
pub type Taking<'a> = Pin<Box<dyn Future<Output = Result<Level, Lost>> + Send + 'a>>;

/// Where buckets are kept.
pub trait Buckets: Send + Sync {
    /// Takes one request out of a bucket, if there is one in it.
    fn take<'a>(&'a self, key: &'a Key<'a>, rate: Rate) -> Taking<'a>;
}
