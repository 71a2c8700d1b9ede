//! The backups of a running service, or of one that stands still: made, verified and pruned, and all of it on record.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::line::Shipping;
use super::metrics::BackupMetrics;
use super::{BackupError, Config, DestinationError, Listing, Manifest, NoKey, Restorable, Source, Vault, Verdict};
use crate::audit::Entry;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::lifecycle::Stopping;
use crate::store::{Connection, Database, Dialect};
use crate::telemetry::Metrics;

/// How often it is looked whether it is time for one.
const PAUSE: Duration = Duration::from_secs(30);

/// How often, and how many times, it is looked whether another node has ended its backup, before the schema is changed.
const LOOK: Duration = Duration::from_secs(1);
const MOST_LOOKS: u32 = 600;

/// The workspace whose administrators run the service.
const FIRST: i64 = 1;

/// Who makes those that nobody has asked for.
const SCHEDULE: &str = "schedule";

/// What is noted in the data folder: the number of the last backup.
const NOTE: &str = "last-backup";

/// The number of the last backup that is known in a data folder to have been made; 0 if nothing is known.
pub fn known(data: &Path) -> u64 {
    std::fs::read_to_string(data.join(NOTE)).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// What backups stand on.
pub struct BackupParts {
    /// What is copied.
    pub database: Database,
    /// What the file of a SQLite database is called.
    pub file: &'static str,
    /// Files beside it: what each is called when it is restored, and where it lies.
    pub files: Vec<(String, PathBuf)>,
    /// The data folder: there is room to try a restore, and a note of the last backup.
    pub data: PathBuf,
    /// The product and its version.
    pub product: (&'static str, &'static str),
    /// What knows more about it.
    pub service: Arc<dyn Restorable>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where salts come from.
    pub entropy: Arc<dyn Entropy>,
    /// Where it is counted.
    pub metrics: Metrics,
}

/// The backups of an installation. Clones are the same.
#[derive(Clone)]
pub struct Backups(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) config: Config,
    vault: Option<Vault>,
    pub(super) parts: BackupParts,
    pub(super) metrics: BackupMetrics,
    /// Whether one is being made because somebody asked for it.
    asked: AtomicBool,
    pub(super) shipping: Mutex<Shipping>,
}

/// A backup that was made, and what its verification came to if there was one.
#[derive(Clone, Debug)]
pub struct Made {
    /// What is in it.
    pub manifest: Manifest,
    /// Whether it is good.
    pub verdict: Option<Verdict>,
    /// Those that were removed because they were old.
    pub pruned: Vec<String>,
}

impl Backups {
    /// With this configuration; nothing is looked at yet.
    ///
    /// # Errors
    /// If the key is none.
    pub fn new(config: Config, parts: BackupParts) -> Result<Self, NoKey> {
        let vault = config.vault(parts.clock.clone(), parts.entropy.clone())?;
        let vault = vault.map(|vault| vault.knowing(parts.service.clone(), parts.file));
        let metrics = BackupMetrics::register(&parts.metrics, &parts.clock, vault.is_some());
        Ok(Self(Arc::new(Inner {
            config,
            vault,
            parts,
            metrics,
            asked: AtomicBool::new(false),
            shipping: Mutex::default(),
        })))
    }

    /// Whether there is a place for them.
    pub fn is_configured(&self) -> bool {
        self.0.vault.is_some()
    }

    /// Makes one, verifies it if that is wanted, and removes what is old; blocks. All of it is on record as done by
    /// `principal`.
    ///
    /// # Errors
    /// If it was not made, or what was made could not be read again.
    pub fn create_blocking(&self, principal: &str) -> Result<Made, BackupError> {
        let Inner { parts, config, .. } = &*self.0;
        let last = |connection: &mut dyn Connection| parts.service.last(connection);
        let shipper = self.counted("ship", self.shipper())?;
        let source = Source {
            shipper: shipper.as_deref(),
            product: parts.product.0,
            version: parts.product.1,
            database: &parts.database,
            file: parts.file,
            files: &parts.files,
            last: &last,
        };
        let manifest = self.counted("create", self.vault()?.create(&source))?;
        self.shipping().based = manifest.line.as_ref().map(|on| on.line.clone());
        // It is only for noticing that the destination was set back.
        let _ = std::fs::write(self.0.parts.data.join(NOTE), manifest.number.to_string());
        let (id, stored) = (manifest.id.clone(), manifest.stored());
        let detail = json!({ "number": manifest.number, "stored_bytes": stored, "log": manifest.log });
        self.record(principal, "backup.create", &id, &detail)?;
        let verdict = if config.verify { Some(self.verify_blocking(&id, principal)?) } else { None };
        let is_good = verdict.as_ref().is_none_or(Verdict::is_good);
        let pruned = if is_good { self.prune_blocking(principal)? } else { Vec::new() };
        self.list_blocking()?;
        Ok(Made { manifest, verdict, pruned })
    }

    /// Verifies one; blocks.
    ///
    /// # Errors
    /// If that was not possible.
    pub fn verify_blocking(&self, id: &str, principal: &str) -> Result<Verdict, BackupError> {
        let Inner { parts, metrics, .. } = &*self.0;
        let scratch = parts.data.join("backup-scratch");
        let prove = |folder: &Path| parts.service.prove(folder);
        let verdict = self.counted("verify", self.vault()?.verify(id, &scratch, &prove))?;
        metrics.verified(&verdict);
        if !verdict.is_good() {
            metrics.failed("verify");
            let (damages, findings) = (verdict.damages.len(), verdict.findings.len());
            tracing::error!(backup = id, damages, findings, "the backup {id} is not good: `backup verify` says why");
        }
        let detail = json!({ "good": verdict.is_good(), "rows": verdict.rows, "took_ms": verdict.took });
        self.record(principal, "backup.verify", id, &detail)?;
        Ok(verdict)
    }

    /// Removes what is older than the configuration keeps; blocks. Says what.
    ///
    /// # Errors
    /// If that was not possible.
    pub fn prune_blocking(&self, principal: &str) -> Result<Vec<String>, BackupError> {
        let pruned = self.counted("prune", self.vault()?.prune(self.0.config.keep.duration()))?;
        for id in &pruned {
            self.record(principal, "backup.prune", id, &Value::Null)?;
        }
        Ok(pruned)
    }

    /// All that are kept; blocks.
    ///
    /// # Errors
    /// If the destination cannot be read.
    pub fn list_blocking(&self) -> Result<Listing, BackupError> {
        let listing = self.counted("list", self.vault()?.list(known(&self.0.parts.data)))?;
        self.0.metrics.listed(&listing);
        Ok(listing)
    }

    /// Makes one if the schema is about to change: what a migration does is not undone by the program of before. Blocks.
    ///
    /// # Errors
    /// If it was not made.
    pub fn before_migrations(&self) -> Result<(), BackupError> {
        let Inner { parts, .. } = &*self.0;
        for _ in 0..MOST_LOOKS {
            if !self.is_configured() || !parts.service.is_about_to_change(&parts.database)? {
                return Ok(());
            }
            match self.create_blocking("migration") {
                // Another node that starts, most likely; it may change the schema as well when it has its backup.
                Err(BackupError::Destination(DestinationError::Held(_))) => std::thread::sleep(LOOK),
                made => return made.map(|_| ()),
            }
        }
        self.create_blocking("migration").map(|_| ())
    }

    /// Begins to make one in the background; says whether it did, for only one is made at a time.
    ///
    /// # Errors
    /// If there is no place for it.
    pub fn ask(&self, principal: &str) -> Result<bool, BackupError> {
        self.vault()?;
        if self.0.asked.swap(true, Ordering::AcqRel) {
            return Ok(false);
        }
        let (backups, principal) = (self.clone(), principal.to_owned());
        spawn_blocking(move || {
            match backups.create_blocking(&principal) {
                Ok(made) => tracing::info!(backup = made.manifest.id, "backup {} was made", made.manifest.id),
                Err(error) => tracing::error!(cause = %error, "no backup was made: {error}"),
            }
            backups.0.asked.store(false, Ordering::Release);
        });
        Ok(true)
    }

    /// Whether one is being made because somebody asked for it.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Acquire)
    }

    /// Makes them in their time until a stop is asked for.
    pub async fn run_until_stopped(self, stopping: Stopping) {
        let interval = self.0.config.interval.duration();
        if !self.is_configured() {
            return;
        }
        if self.0.parts.database.dialect() == Dialect::Sqlite {
            self.shipping().is_on = !self.0.config.ship_interval.duration().is_zero();
            tokio::spawn(self.clone().ship_until_stopped(stopping.clone()));
        }
        loop {
            let backups = self.clone();
            if let Err(error) = spawn_blocking(move || backups.look(interval)).await {
                tracing::error!(cause = %error, "backups are not looked after: {error}");
            }
            tokio::select! {
                () = stopping.requested() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Makes one if it is time, or if what is shipped needs one.
    fn look(&self, interval: Duration) {
        if self.needs_base() {
            return self.told(self.create_blocking(SCHEDULE).map(Some));
        }
        let now = self.0.parts.clock.now();
        let is_due =
            |newest: Option<crate::clock::Timestamp>| newest.is_none_or(|newest| now.since(newest) >= interval);
        if interval.is_zero() && self.0.metrics.known().newest.is_some() || !is_due(self.0.metrics.known().newest) {
            return;
        }
        // Another node may have made one meanwhile.
        let made = self.list_blocking().and_then(|listing| {
            let newest = listing.newest().map(|(_, manifest)| manifest.begun());
            if interval.is_zero() || !is_due(newest) { Ok(None) } else { self.create_blocking(SCHEDULE).map(Some) }
        });
        self.told(made);
    }

    fn told(&self, made: Result<Option<Made>, BackupError>) {
        match made {
            Ok(Some(made)) => tracing::info!(backup = made.manifest.id, "backup {} was made", made.manifest.id),
            // Another node is at it, or somebody by hand.
            Ok(None) | Err(BackupError::Destination(DestinationError::Held(_))) => {}
            Err(error) => tracing::error!(cause = %error, "no backup was made: {error}"),
        }
    }

    pub(super) fn vault(&self) -> Result<&Vault, BackupError> {
        self.0.vault.as_ref().ok_or(BackupError::NotConfigured)
    }

    pub(super) fn counted<T>(&self, step: &str, done: Result<T, BackupError>) -> Result<T, BackupError> {
        if done.as_ref().is_err_and(|error| !matches!(error, BackupError::Destination(DestinationError::Held(_)))) {
            self.0.metrics.failed(step);
        }
        done
    }

    fn record(&self, principal: &str, action: &'static str, id: &str, detail: &Value) -> Result<(), BackupError> {
        let Inner { parts, .. } = &*self.0;
        let entry = Entry { workspace: FIRST, at: parts.clock.now(), principal, action };
        Ok(parts.database.write_blocking(|connection| entry.write(connection, id, detail))?)
    }
}

impl fmt::Debug for Backups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backups({:?})", self.0.vault)
    }
}
