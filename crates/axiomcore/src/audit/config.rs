//! Configuration of the audit.

use std::path::PathBuf;

use crate::config::{Checks, Fault, Period, Profile};

crate::settings! {
    /// The record of who did what.
    pub struct Config in "audit" {
        /// The file to which every signed checkpoint is appended; `audit-anchor.jsonl` in the data folder unless set. It
        /// shows when the database is set back to an older state, so it is worth most on another disk, or shipped to
        /// another machine.
        pub anchor_file: Option<PathBuf> = None;
        /// How often a checkpoint is made, if anything has happened. What is cut from the end before a checkpoint has seen
        /// it is not missed.
        pub checkpoint_interval: Period = Period::seconds(10);
        /// How often refusals (a wrong credential, a permission that is lacking, too many requests) are written: one entry
        /// for all that somebody was refused on one route since the last time.
        pub refusals_interval: Period = Period::seconds(60);
        /// How long entries are kept. Older ones are removed from the beginning, under a checkpoint that says so.
        pub retention: Period = Period::seconds(10 * 365 * 86_400);
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.checkpoint_interval < Period::seconds(1) {
            faults.push(Fault::new("audit.checkpoint_interval", "at least 1s"));
        }
        if self.refusals_interval < Period::seconds(1) {
            faults.push(Fault::new("audit.refusals_interval", "at least 1s"));
        }
        if self.retention < Period::seconds(86_400) {
            faults.push(Fault::new("audit.retention", "at least 1d"));
        }
        faults
    }
}
