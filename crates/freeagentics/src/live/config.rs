//! Configuration of live streams.

use axiomcore::config::{Checks, Fault, Period, Profile};

axiomcore::settings! {
    /// Live streams.
    pub(crate) struct Config in "live" {
        /// How many streams are open at the same time.
        pub(crate) max_streams: usize = 1_000;
        /// How many of them one credential may have.
        pub(crate) max_streams_per_principal: usize = 100;
        /// How often a quiet stream says that it is there, and every stream looks whether its credential still works.
        pub(crate) keep_alive: Period = Period::seconds(15);
        /// How many events a stream that comes back may be behind; if it is further behind it is told that it missed some.
        pub(crate) catch_up: u64 = 100_000;
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let short = self.keep_alive.duration().is_zero();
        short.then(|| Fault::new("live.keep_alive", "at least 1s")).into_iter().collect()
    }
}
