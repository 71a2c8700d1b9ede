//! Configuration of the audit.

use std::path::PathBuf;

use super::syslog::Target;
use super::{ExportFormat, Product, Protocol};
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
        /// Where the record is sent on as it grows, as `host:port` of a syslog receiver; nowhere unless set. It starts with
        /// the first entry that is kept.
        pub syslog_address: Option<String> = None;
        /// `tcp` and `tls` send again what a broken connection may have lost, so that entries may arrive twice; `udp` loses
        /// it. Only over `tls` does nobody in between read along, or take the receiver's place.
        pub syslog_protocol: Protocol = Protocol::Tcp;
        /// A file with the authorities that the receiver's certificate is checked against, instead of the system's (PEM).
        pub syslog_tls_ca: Option<PathBuf> = None;
        /// What a message holds: `cef`, `ocsf`, or the lines of an export, `jsonl`.
        pub syslog_format: ExportFormat = ExportFormat::Cef;
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
        let has_port = |address: &String| {
            address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        if self.syslog_address.as_ref().is_some_and(|address| !has_port(address)) {
            faults.push(Fault::new("audit.syslog_address", "expected host:port, such as siem.example.org:6514"));
        }
        if self.syslog_tls_ca.is_some() && self.syslog_protocol != Protocol::Tls {
            let why = "means something only where audit.syslog_protocol is tls";
            faults.push(Fault::new("audit.syslog_tls_ca", why));
        }
        faults
    }
}

impl Config {
    /// Where the record is sent on, if it is.
    pub(super) fn target(&self, product: Product) -> Option<Target> {
        let (protocol, format, ca) = (self.syslog_protocol, self.syslog_format, self.syslog_tls_ca.clone());
        self.syslog_address.clone().map(|address| Target { address, protocol, ca, format, product })
    }
}
