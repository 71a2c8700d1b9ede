//! Making checkpoints.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::anchor::Anchor;
use super::chain::{BEGINNING, Hash};
use super::checkpoint::{Chain, LogRange, Signed, Statement};
use super::key::{PublicKey, SigningKey};
use super::log::{self, CommittedLog};
use super::service::PURPOSE;
use super::{retention, sequencer, store};
use crate::clock::Timestamp;
use crate::sealing::Sealer;
use crate::store::{Connection, Database, Error, Result};

/// Rows of the service's own log that one checkpoint covers at most: a log that was there before the audit takes several.
const MOST_ROWS: u64 = 200_000;

/// The moments of a checkpoint.
#[derive(Clone, Copy)]
pub(super) struct Moments {
    pub(super) now: Timestamp,
    /// Another checkpoint that is younger than this is enough.
    pub(super) due: Timestamp,
    /// What is older than this goes.
    pub(super) cutoff: Timestamp,
    /// Between two pages of the service's own log.
    pub(super) pause: Duration,
}

/// Opens the installation's key when a checkpoint is to be signed: another node may have handed over to another one, or
/// sealed it anew.
pub(super) struct Signer {
    sealer: Sealer,
    /// As it was found last.
    opened: Mutex<Option<(Vec<u8>, Arc<SigningKey>)>>,
}

impl Signer {
    pub(super) const fn new(sealer: Sealer) -> Self {
        Self { sealer, opened: Mutex::new(None) }
    }

    /// The key that is in force, in a transaction that has locked the chains.
    pub(super) fn key(&self, connection: &mut dyn Connection) -> Result<Arc<SigningKey>> {
        let missing = || Error::Corrupt("the key of the audit's checkpoints is gone".into());
        let sealed = store::sealed_key(connection)?.ok_or_else(missing)?;
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = opened.as_ref().filter(|(known, _)| *known == sealed) {
            return Ok(key.clone());
        }
        let unopened = |why: String| Error::Failed(format!("the key of the audit's checkpoints: {why}"));
        let plain = self.sealer.open(PURPOSE, &sealed).map_err(|error| unopened(error.to_string()))?;
        let key = Arc::new(SigningKey::read(&plain).map_err(|error| unopened(error.to_string()))?);
        *opened = Some((sealed, key.clone()));
        Ok(key)
    }
}

/// What the last checkpoint said, as far as the next one needs it.
struct Last {
    number: u64,
    digest: Hash,
    at: Timestamp,
    log_to: u64,
}

/// Makes the next checkpoint, if anything has happened since the last one and that is due; says whether there may be more
/// to cover. Several nodes may do this at once; the first one wins.
pub(super) fn make(
    database: &Database,
    signer: &Signer,
    own_log: Option<&dyn CommittedLog>,
    moments: Moments,
) -> Result<bool> {
    let last = database.read_blocking(last)?;
    if last.at > moments.due {
        return Ok(false);
    }
    let range = match own_log {
        None => LogRange { after: last.log_to, to: last.log_to, ..LogRange::default() },
        Some(own_log) => {
            let settled = own_log.settled(database)?.max(last.log_to);
            log::range(own_log, database, (last.log_to, settled), MOST_ROWS, moments.pause)?
        }
    };
    let is_more = range.rows >= MOST_ROWS;
    let is_first = database.write_blocking(|connection| append(connection, signer, &last, range, moments))?;
    Ok(is_more || !is_first)
}

fn last(connection: &mut dyn Connection) -> Result<Last> {
    let Some(line) = store::last_checkpoint(connection)? else {
        return Ok(Last { number: 0, digest: BEGINNING, at: Timestamp(i64::MIN), log_to: 0 });
    };
    let Signed { statement, digest, .. } =
        Signed::read(&line).map_err(|wrong| Error::Corrupt(format!("the last checkpoint of the audit: {wrong}")))?;
    Ok(Last { number: statement.number, digest, at: Timestamp(statement.at), log_to: statement.log.to })
}

/// Whether nobody has made one meanwhile.
fn append(
    connection: &mut dyn Connection,
    signer: &Signer,
    before: &Last,
    log: LogRange,
    moments: Moments,
) -> Result<bool> {
    sequencer::lock(connection)?;
    if last(connection)?.number != before.number {
        return Ok(false);
    }
    retention::trim(connection, moments.cutoff)?;
    let chains = store::unstated(connection)?;
    if chains.is_empty() && log.rows == 0 {
        return Ok(true);
    }
    let statement = before.followed_by(moments.now, chains, log);
    insert(connection, signer, &statement).map(|()| true)
}

/// Makes a checkpoint of all chains that says which key the next ones are signed with, in a transaction that has locked the
/// chains.
pub(super) fn hand_over(
    connection: &mut dyn Connection,
    signer: &Signer,
    next_key: PublicKey,
    now: Timestamp,
) -> Result<()> {
    let statement = of_chains(connection, now)?;
    insert(connection, signer, &Statement { next_key: Some(next_key), ..statement })
}

/// Makes a checkpoint of all chains, in a transaction that has locked them.
pub(super) fn confirm(connection: &mut dyn Connection, signer: &Signer, now: Timestamp) -> Result<()> {
    let statement = of_chains(connection, now)?;
    insert(connection, signer, &statement)
}

/// What there is to say of the chains, and nothing of the service's own log.
fn of_chains(connection: &mut dyn Connection, now: Timestamp) -> Result<Statement> {
    let (before, chains) = (last(connection)?, store::unstated(connection)?);
    let log = LogRange { after: before.log_to, to: before.log_to, ..LogRange::default() };
    Ok(before.followed_by(now, chains, log))
}

fn insert(connection: &mut dyn Connection, signer: &Signer, statement: &Statement) -> Result<()> {
    let key = signer.key(connection)?;
    let line = statement.sign(&key).map_err(|error| Error::Failed(error.to_string()))?;
    store::insert_checkpoint(connection, statement.number, &line)
}

impl Last {
    fn followed_by(&self, now: Timestamp, chains: Vec<Chain>, log: LogRange) -> Statement {
        Statement { number: self.number + 1, at: now.0, previous: self.digest, chains, log, next_key: None }
    }
}

/// Appends to the anchor what it does not have yet, such as after a crash between the database and it; says which
/// checkpoint is its last one then.
pub(super) fn anchor(database: &Database, anchor: &Anchor, mut last: u64) -> std::result::Result<u64, AnchorError> {
    loop {
        let after = i64::try_from(last).unwrap_or(i64::MAX);
        let lines = database.read_blocking(|connection| store::checkpoints_after(connection, after, PAGE))?;
        let Some((number, _)) = lines.last() else { return Ok(last) };
        anchor.append(lines.iter().map(|(_, line)| line.as_str()))?;
        last = number.unsigned_abs();
    }
}

/// Checkpoints that are anchored at once.
const PAGE: usize = 1_000;

/// Why the anchor is not up to date.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) enum AnchorError {
    Store(#[from] Error),
    File(#[from] std::io::Error),
}
