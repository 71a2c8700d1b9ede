//! Configuration of identity.

use std::path::PathBuf;

use crate::config::{Checks, Period};

crate::settings! {
    /// Who may do what.
    pub struct Config in "identity" {
        /// A file with the administrator's API key, for installations that nobody watches at their first start. At least
        /// 32 characters at random, such as from `openssl rand -hex 32`. Other content replaces the key at the next start.
        pub bootstrap_token_file: Option<PathBuf> = None;
        /// How long a verified key is trusted without looking again. A key that is revoked here ends at once; one that
        /// is revoked on another node ends within this time.
        pub cache_time: Period = Period::seconds(30);
        /// How many verified keys are remembered.
        pub cache_size: usize = 10_000;
    }
}

impl Checks for Config {}
