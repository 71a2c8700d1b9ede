//! The audit of a running service.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::spawn_blocking;

use super::anchor::Anchor;
use super::checkpointing::{self, AnchorError, Moments, Signer};
use super::key::{self, PublicKey};
use super::metrics::AuditMetrics;
use super::syslog::Sender;
use super::{CommittedLog, Config, MIGRATIONS, Product, Refusals, sequence, sequencer, store};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::hex;
use crate::lifecycle::Stopping;
use crate::sealing::{SealedColumn, Sealer};
use crate::store::{Connection, Database, Error};
use crate::telemetry::Metrics;

/// How long an entry waits at most before the sequencer looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Between two pages of the service's own log while the service goes on: requests come first.
const BREATH: Duration = Duration::from_millis(5);

/// What the signing key is sealed for.
pub(super) const PURPOSE: &str = "audit signing key";

/// What the audit keeps sealed.
pub const SEALED: &[SealedColumn] = &[SealedColumn {
    what: "the key that the audit's checkpoints are signed with",
    table: "audit_keys",
    id: "id",
    column: "sealed",
    purpose: |_| PURPOSE.to_owned(),
}];

/// The audit. Clones are the same.
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

/// What the audit stands on.
pub struct AuditParts {
    /// Where entries are.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where salts come from.
    pub entropy: Arc<dyn Entropy>,
    /// Where it is counted.
    pub metrics: Metrics,
    /// What the signing key is kept with.
    pub sealer: Sealer,
    /// The service's own log, if checkpoints are to cover it.
    pub own_log: Option<Arc<dyn CommittedLog>>,
    /// Who what is sent on is said to be from.
    pub product: Product,
}

struct Inner {
    parts: AuditParts,
    config: Config,
    signer: Signer,
    metrics: AuditMetrics,
    /// What this node is called among those that would send the record on.
    node: String,
    anchor: Anchor,
    /// The last checkpoint that is in the anchor.
    anchored: AtomicU64,
    /// When the last checkpoint was looked for; held while one is made.
    checkpointed_at: Mutex<Timestamp>,
    refusals: Refusals,
    /// When refusals were last written; held while that is done.
    refused_at: Mutex<Timestamp>,
}

/// Why the audit cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] Error),
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] crate::entropy::Unavailable),
    /// The workspace is held: nothing of its record goes.
    #[error("the record is under a legal hold")]
    Held,
    /// Nobody who is still there is taken out of the record.
    #[error("whoever the entries name is still there")]
    StillThere,
    /// The signing key is none.
    #[error(transparent)]
    Key(#[from] key::NoKey),
    /// The signing key cannot be sealed or opened.
    #[error("the key of the audit's checkpoints: {0}")]
    Sealed(#[from] crate::sealing::SealError),
    /// Who asked cannot do it any more.
    #[error(transparent)]
    Lapsed(#[from] crate::identity::Lapsed),
    /// The anchor file cannot be read or written.
    #[error("the audit's anchor file: {0}")]
    Anchor(#[from] std::io::Error),
}

impl From<AnchorError> for AuditError {
    fn from(error: AnchorError) -> Self {
        match error {
            AnchorError::Store(error) => Self::Store(error),
            AnchorError::File(error) => Self::Anchor(error),
        }
    }
}

impl Audit {
    /// Opens the audit after everything else that has tables; blocks. `anchor` is where the anchor file is unless the
    /// configuration says so.
    ///
    /// # Errors
    /// If the database, the signing key or the anchor file cannot be used.
    pub fn open(config: Config, parts: AuditParts, anchor: &Path) -> Result<Self, AuditError> {
        parts.database.migrate("audit", MIGRATIONS)?;
        make_key(&parts)?;
        let signer = Signer::new(parts.sealer.clone());
        // One that cannot be opened is better found out now.
        parts.database.read_blocking(|connection| signer.key(connection))?;
        let anchor = Anchor::open(config.anchor_file.as_deref().unwrap_or(anchor))?;
        let metrics = AuditMetrics::register(&parts.metrics, &parts.clock);
        let (anchored, now) = (AtomicU64::new(anchor.last_number()), parts.clock.now());
        let (checkpointed_at, refused_at, refusals) = (Mutex::new(now), Mutex::new(now), Refusals::default());
        let mut node = [0; 8];
        parts.entropy.fill(&mut node)?;
        let node = hex::encode(&node);
        let audit =
            Inner { parts, config, signer, metrics, node, anchor, anchored, checkpointed_at, refusals, refused_at };
        audit.warn_if_set_back()?;
        Ok(Self(Arc::new(audit)))
    }

    /// The key that checkpoints can be checked with from now on; blocks.
    ///
    /// # Errors
    /// If the database fails, or the key cannot be opened.
    pub fn public_key_blocking(&self) -> Result<PublicKey, AuditError> {
        let Inner { parts, signer, .. } = &*self.0;
        Ok(parts.database.read_blocking(|connection| signer.key(connection))?.public())
    }

    /// Where refusals are counted.
    pub fn refusals(&self) -> Refusals {
        self.0.refusals.clone()
    }

    pub(super) fn parts(&self) -> &AuditParts {
        &self.0.parts
    }

    /// Moves all that waits into the chains; blocks. Says how many entries that were.
    ///
    /// # Errors
    /// If the database fails or there is no randomness.
    pub fn sequence_blocking(&self) -> Result<usize, AuditError> {
        let Inner { parts, metrics, .. } = &*self.0;
        let (now, mut moved) = (parts.clock.now(), 0);
        while parts.database.read_blocking(store::is_waiting)? {
            let batch = parts.database.write_blocking(|connection| sequence(connection, parts.entropy.as_ref()))?;
            metrics.chained.inc_by(batch as u64);
            moved += batch;
            if batch < sequencer::BATCH {
                break;
            }
        }
        metrics.drained(now);
        Ok(moved)
    }

    /// Writes the refusals that were counted, if it is time for that.
    fn write_refusals(&self, interval: Duration) -> Result<(), AuditError> {
        let Inner { parts, refusals, refused_at, .. } = &*self.0;
        let mut refused_at = refused_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = parts.clock.now();
        if now.since(*refused_at) < interval {
            return Ok(());
        }
        refusals.flush((*refused_at, now), |write| parts.database.write_blocking(write))?;
        *refused_at = now;
        Ok(())
    }

    /// Makes a checkpoint of all that has happened and anchors it. Another node's that is not older than `age` is as good.
    fn checkpoint(&self, age: Option<Duration>) -> Result<(), AuditError> {
        let Inner { parts, config, signer, metrics, anchor, anchored, .. } = &*self.0;
        // Held to the end, or two would append the same lines to the anchor.
        let mut checkpointed_at = self.checkpointed_at();
        let ago = |now: Timestamp, ago: Duration| Timestamp(0).plus(now.since(Timestamp(0)).saturating_sub(ago));
        let now = parts.clock.now();
        let due = age.map_or(Timestamp(i64::MAX), |age| ago(now, age));
        let pause = if age.is_some() { BREATH } else { Duration::ZERO };
        let mut moments = Moments { now, due, cutoff: ago(now, config.retention.duration()), pause };
        while checkpointing::make(&parts.database, signer, parts.own_log.as_deref(), moments)? {
            moments.due = moments.due.max(now);
        }
        let last = checkpointing::anchor(&parts.database, anchor, anchored.load(Ordering::Relaxed))?;
        anchored.store(last, Ordering::Relaxed);
        metrics.covered(now);
        *checkpointed_at = now;
        Ok(())
    }

    fn checkpointed_at(&self) -> MutexGuard<'_, Timestamp> {
        self.0.checkpointed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Chains, makes checkpoints and sends the record on until a stop is asked for; then it is time for
    /// [`finish_blocking`](Self::finish_blocking).
    pub async fn run_until_stopped(self, stopping: Stopping) {
        let sending = self.sender().map(|sender| tokio::spawn(sender.run_until_stopped(stopping.clone())));
        let mut is_failing = false;
        loop {
            tokio::select! {
                () = stopping.requested() => break,
                () = tokio::time::sleep(PAUSE) => {}
            }
            let audit = self.clone();
            let done = spawn_blocking(move || audit.tick()).await.map_err(|error| error.to_string());
            let failed = done.and_then(|done| done.map_err(|error| error.to_string())).err();
            if let Some(error) = failed.as_ref().filter(|_| !is_failing) {
                tracing::error!(error, "the audit does not go on: {error}; what happens waits in the outbox");
            } else if is_failing && failed.is_none() {
                tracing::info!("the audit goes on");
            }
            is_failing = failed.is_some();
        }
        if let Some(sending) = sending {
            // It has logged by itself what went wrong.
            let _ = sending.await;
        }
    }

    /// What sends the record on, if the configuration says where to.
    fn sender(&self) -> Option<Sender> {
        let Inner { parts, config, metrics, node, .. } = &*self.0;
        let AuditParts { database, clock, product, .. } = parts;
        let (sent, connected) = (metrics.sent.clone(), metrics.connected.clone());
        let target = config.target(*product)?;
        Some(Sender::new(target, database.clone(), clock.clone(), node.clone(), (sent, connected)))
    }

    fn tick(&self) -> Result<(), AuditError> {
        self.write_refusals(self.0.config.refusals_interval.duration())?;
        self.sequence_blocking()?;
        let (now, interval) = (self.0.parts.clock.now(), self.0.config.checkpoint_interval.duration());
        let last = *self.checkpointed_at();
        if now.since(last) < interval {
            return Ok(());
        }
        self.checkpoint(Some(interval / 2))
    }

    /// Chains and covers all there is; blocks. To be called when nothing happens any more.
    ///
    /// # Errors
    /// If the database or the anchor file fails.
    pub fn finish_blocking(&self) -> Result<(), AuditError> {
        self.write_refusals(Duration::ZERO)?;
        self.sequence_blocking()?;
        self.checkpoint(None)
    }
}

impl Inner {
    fn warn_if_set_back(&self) -> Result<(), AuditError> {
        let (Some(line), number) = (&self.anchor.last, self.anchor.last_number()) else { return Ok(()) };
        let before = i64::try_from(number).unwrap_or(i64::MAX) - 1;
        let kept = self.parts.database.read_blocking(|connection| store::checkpoints_after(connection, before, 1))?;
        if kept.first().is_none_or(|(_, kept)| kept != line) {
            tracing::error!(
                checkpoint = number,
                "the audit's anchor file ends with checkpoint {number}, which the database does not have: the database was \
                 set back, or the file is another one's. `audit verify` says more"
            );
        }
        Ok(())
    }
}

/// Makes the installation's key, if there is none.
fn make_key(parts: &AuditParts) -> Result<(), AuditError> {
    let fresh = key::generate(parts.entropy.as_ref())?;
    let sealed = parts.sealer.seal(PURPOSE, fresh.expose())?;
    let keep = |connection: &mut dyn Connection| {
        sequencer::lock(connection)?;
        match store::sealed_key(connection)? {
            Some(_) => Ok(()),
            None => store::insert_key(connection, &sealed),
        }
    };
    Ok(parts.database.write_blocking(keep)?)
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Audit")
    }
}
