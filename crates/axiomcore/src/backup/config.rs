//! Configuration of backups.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Destination, Folder, Key, NoKey, S3, S3Place, Vault};
use crate::clock::Clock;
use crate::config::{Checks, Fault, Period, Profile, Secret};
use crate::entropy::Entropy;

crate::settings! {
    /// Backups: copies of the database, the configuration and the keys beside it.
    pub struct Config in "backup" {
        /// A folder that backups are kept in, best on another disk. There are none unless this or `s3_endpoint` is set.
        pub folder: Option<PathBuf> = None;
        /// An S3-compatible store that they are kept in instead, as its address, such as
        /// `https://s3.eu-central-1.amazonaws.com`. TLS is checked against the authorities of the system.
        pub s3_endpoint: Option<String> = None;
        /// The bucket there.
        pub s3_bucket: String = String::new();
        /// What all names in the bucket begin with, such as `freeagentics/production`.
        pub s3_prefix: String = String::new();
        /// The region that requests are signed for.
        pub s3_region: String = "us-east-1".into();
        /// The name of the key to the bucket. It needs to read, write, list and delete there, and nothing else.
        pub s3_access_key: String = String::new();
        /// The key to the bucket.
        pub s3_secret_key: Secret<String> = Secret::default();
        /// The key that backups are sealed under and signed with: 64 hexadecimal digits at random, such as from
        /// `openssl rand -hex 32`. It is in no backup: without a copy of it elsewhere they are worth nothing.
        pub key: Secret<String> = Secret::default();
        /// How often the server makes one by itself; `0s` leaves that to others.
        pub interval: Period = Period::seconds(86_400);
        /// How often what is committed in a SQLite database is shipped between two backups: about as much is lost with the
        /// machine. `0s` ships nothing. PostgreSQL ships its log by itself (`archive_command`; `docs/backup.md`).
        pub ship_interval: Period = Period::seconds(5);
        /// How long backups are kept. The last good one is never removed, however old it is.
        pub keep: Period = Period::seconds(30 * 86_400);
        /// Whether each is verified as soon as it is made: restored into the data folder's disk, replayed, removed again. One
        /// that was not verified does not count as good.
        pub verify: bool = true;
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        let key = self.key.expose();
        faults.extend(self.s3_faults());
        if (self.folder.is_some() || self.s3_endpoint.is_some()) && key.is_empty() {
            let why = "backups need a key: set backup.key_file to a file with the output of `openssl rand -hex 32`, and keep \
                       a copy of it somewhere else";
            faults.push(Fault::new("backup.key", why));
        }
        if !key.is_empty() && Key::parse(key).is_err() {
            faults.push(Fault::new("backup.key", NoKey.to_string()));
        }
        if self.keep < Period::seconds(86_400) {
            faults.push(Fault::new("backup.keep", "at least 1d"));
        }
        if self.interval > Period::seconds(0) && self.interval < Period::seconds(60) {
            faults.push(Fault::new("backup.interval", "at least 1m, or 0s"));
        }
        faults
    }
}

impl Config {
    fn s3_faults(&self) -> Vec<Fault> {
        let Some(endpoint) = &self.s3_endpoint else { return Vec::new() };
        let mut faults = Vec::new();
        if self.folder.is_some() {
            faults.push(Fault::new("backup.s3_endpoint", "there is also backup.folder: give one of them"));
        }
        let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        if host.is_none_or(|host| host.trim_end_matches('/').is_empty() || host.trim_end_matches('/').contains('/')) {
            let why = "expected the address of a store without a path, such as https://s3.eu-central-1.amazonaws.com";
            faults.push(Fault::new("backup.s3_endpoint", why));
        }
        let secret = self.s3_secret_key.expose();
        for (key, value) in [
            ("bucket", &self.s3_bucket),
            ("access_key", &self.s3_access_key),
            ("secret_key", secret),
            ("region", &self.s3_region),
        ] {
            if value.is_empty() {
                faults.push(Fault::new(format!("backup.s3_{key}"), "there is backup.s3_endpoint, which needs it"));
            }
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        for (key, value) in [("bucket", &self.s3_bucket), ("prefix", &self.s3_prefix)] {
            if !value.chars().all(is_plain) || key == "bucket" && value.contains('/') {
                faults.push(Fault::new(format!("backup.s3_{key}"), "letters, digits, `-`, `_` and `.` only"));
            }
        }
        faults
    }

    fn destination(&self, clock: &Arc<dyn Clock>) -> Option<Box<dyn Destination>> {
        if let Some(folder) = &self.folder {
            return Some(Box::new(Folder::new(folder)));
        }
        let place = S3Place {
            endpoint: self.s3_endpoint.clone()?,
            bucket: self.s3_bucket.clone(),
            prefix: self.s3_prefix.clone(),
            region: self.s3_region.clone(),
            access_key: self.s3_access_key.clone(),
            secret_key: self.s3_secret_key.clone(),
        };
        Some(Box::new(S3::new(place, clock.clone())))
    }

    /// Where backups are, if it is said.
    ///
    /// # Errors
    /// If the key is none.
    pub fn vault(&self, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Option<Vault>, NoKey> {
        let Some(destination) = self.destination(&clock) else { return Ok(None) };
        let key = Key::parse(self.key.expose())?;
        Ok(Some(Vault::new(destination, key, clock, entropy)))
    }
}
