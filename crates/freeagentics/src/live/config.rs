//! Configuration of live streams.

use axiomcore::config::{Checks, Fault, Period, Profile};

axiomcore::settings! {
    /// Live streams of events.
    pub(crate) struct Config in "live" {
        /// How many streams are open at the same time. A WebSocket counts as one, and so does each of its subscriptions.
        pub(crate) max_streams: usize = 1_000;
        /// How many of them one principal may have.
        pub(crate) max_streams_per_principal: usize = 100;
        /// How often a silent stream shows that it is alive, and how soon one whose credential was revoked ends.
        pub(crate) keep_alive: Period = Period::seconds(15);
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.max_streams_per_principal == 0 || self.max_streams == 0 {
            faults
                .push(Fault::new("live.max_streams", "nobody could follow anything: at least 1, for a principal too"));
        }
        if self.keep_alive.duration().is_zero() {
            faults.push(Fault::new("live.keep_alive", "longer than nothing"));
        }
        faults
    }
}
