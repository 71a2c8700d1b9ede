//! Passwords: which are accepted, how they are stored, and how many are hashed at once.

mod algorithm;
mod normal;
mod policy;
mod pool;

pub use algorithm::Algorithm;
pub(super) use algorithm::{Recipe, importable};
pub use policy::Unfit;
pub(super) use policy::check;
pub(super) use pool::{HashError, Lane, Places, Pool, Verdict};
