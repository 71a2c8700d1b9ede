//! Passwords: which are accepted, how they are stored, and how many are hashed at once.

mod again;
mod algorithm;
mod normal;
mod policy;
mod pool;

pub use again::PasswordError;
pub(super) use again::Shown;
pub(super) use algorithm::Recipe;
pub use algorithm::{Algorithm, HashRefused};
pub(super) use normal::are_same;
pub use policy::Unfit;
pub(super) use policy::check;
pub use pool::HashError;
pub(super) use pool::{Lane, Places, Pool, Verdict};
