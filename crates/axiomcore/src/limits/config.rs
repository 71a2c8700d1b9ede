//! Configuration of limits.

use super::{Class, Rate};
use crate::config::{Checks, Fault, Profile};

crate::settings! {
    /// How often who may ask, by kinds of routes. A rate such as `100/1m` is a bucket of 100 requests, which an empty one
    /// fills again in a minute; who finds it empty is told when to come again. Empty means that there is no limit.
    pub struct Config in "limits" {
        /// What needs no credential, and what is asked for and does not exist, per address. Probes are not counted.
        pub open: Option<Rate> = Some(Rate::per_minute(100));
        /// Signing in and its like, per address.
        pub sign_in: Option<Rate> = Some(Rate::per_minute(20));
        /// New tokens for a refresh token, per address. Nobody guesses one; whoever is signed in asks once in a while, from an
        /// address that a whole office may share.
        pub refresh: Option<Rate> = Some(Rate::per_minute(600));
        /// Requests whose credential is missing or wrong, per address. Who has used them up is refused before anything
        /// is looked up, unless the credential has been a good one shortly before.
        pub unauthenticated: Option<Rate> = Some(Rate::per_minute(100));
        /// Reads, per principal.
        pub read: Option<Rate> = Some(Rate::per_minute(300_000));
        /// Changes, per principal.
        pub write: Option<Rate> = Some(Rate::per_minute(300_000));
        /// Steps, one by one or in batches, per principal.
        pub step: Option<Rate> = None;
        /// Requests that read or change much at once, per principal.
        pub bulk: Option<Rate> = Some(Rate::per_minute(6_000));
        /// Streams that are opened, per principal.
        pub stream: Option<Rate> = Some(Rate::per_minute(6_000));
        /// How many buckets are kept in memory, of 16 bytes each. When there is no room left, the fullest make room.
        pub buckets: usize = 65_536;
    }
}

impl Config {
    pub(super) fn rate(&self, class: Class) -> Option<Rate> {
        match class {
            Class::Open => self.open,
            Class::SignIn => self.sign_in,
            Class::Refresh => self.refresh,
            Class::Unauthenticated => self.unauthenticated,
            Class::Read => self.read,
            Class::Write => self.write,
            Class::Step => self.step,
            Class::Bulk => self.bulk,
            Class::Stream => self.stream,
        }
    }
}

/// The fewest buckets.
const FEWEST: usize = 1_024;

impl Checks for Config {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !(FEWEST..=16_777_216).contains(&self.buckets) {
            faults.push(Fault::new("limits.buckets", "from 1024 to 16777216"));
        }
        let by_address = Class::ALL.into_iter().filter(|class| class.is_by_address() && self.rate(*class).is_none());
        if profile == Profile::Production {
            let why = "production does not let strangers ask without limit: give a rate, such as 100/1m";
            faults.extend(by_address.map(|class| Fault::new(format!("limits.{}", class.name()), why)));
        }
        faults
    }
}
