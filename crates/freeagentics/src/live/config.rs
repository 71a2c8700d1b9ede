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
        /// How far back in the log whoever follows labelled agents can catch up, in events of all agents. Whoever is
        /// further behind is told that there is a gap.
        pub(crate) catch_up: u64 = 100_000;
        /// How many events of one agent are told to whoever catches up with that one.
        pub(crate) catch_up_agent: usize = 10_000;
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.max_streams_per_principal == 0 || self.max_streams == 0 {
            faults
                .push(Fault::new("live.max_streams", "nobody could follow anything: at least 1, for a principal too"));
        }
        if self.catch_up_agent == 0 {
            faults.push(Fault::new("live.catch_up_agent", "at least 1"));
        }
        if self.keep_alive.duration().is_zero() {
            faults.push(Fault::new("live.keep_alive", "longer than nothing"));
        }
        faults
    }
}
