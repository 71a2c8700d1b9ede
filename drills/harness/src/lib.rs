//! What drills share. A drill attacks a running product, or measures it, from outside: through its binary and its API.
//!
//! - [`installation`]: a data folder, a database and a key; the server on it as a process that can be killed.
//! - [`http`]: as much of HTTP as is needed to ask the API, and no more, because a client's work is load, too.
//! - [`siege`]: clients work while the server is killed again and again; what was acknowledged is compared with what
//!   the server has.
//! - [`usage`]: what a process used.
//! - [`clock`], [`random`], [`report`]: time, draws with a seed, and how it is told.

pub mod clock;
pub mod http;
pub mod installation;
pub mod random;
pub mod report;
pub mod siege;
pub mod usage;

/// Why a drill cannot go on, in words: whoever runs it reads them.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A result of a drill.
pub type Result<T> = std::result::Result<T, Failure>;
