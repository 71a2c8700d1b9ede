//! Configuration of traces.

use crate::config::{Checks, Fault, Period, Profile};

crate::settings! {
    /// Where the time of requests went, for a collector of traces.
    pub struct Config in "traces" {
        /// Where spans are posted to, as OTLP over HTTP in JSON, such as `http://localhost:4318/v1/traces`. Over `https://` the
        /// system's authorities are believed. Empty: nothing is traced.
        pub url: Option<String> = None;
        /// One request in so many is traced, where its caller has not decided that (`traceparent`). 0: only if a caller wants it.
        pub one_in: u32 = 100;
        /// How many spans wait for the collector at most; others are left out, and counted.
        pub waiting: usize = 8_192;
        /// How long the collector may take to answer.
        pub timeout: Period = Period::seconds(5);
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        let is_url = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if self.url.as_ref().is_some_and(|url| !is_url(url)) {
            let why =
                "expected an address that begins with https:// or http://, such as http://localhost:4318/v1/traces";
            faults.push(Fault::new("traces.url", why));
        }
        if !(1..=1_000_000).contains(&self.waiting) {
            faults.push(Fault::new("traces.waiting", "from 1 to 1000000"));
        }
        faults
    }
}
