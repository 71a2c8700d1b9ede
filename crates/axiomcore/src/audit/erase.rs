//! Erasing what entries say about somebody; that there were entries remains, and so does the chain.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::restate::restate;
use super::{Audit, AuditError, Entry, Officer, hold, sequence, sequencer};
use crate::hex;
use crate::store::{Connection, Result, Value};

/// The action of entries that say what was erased. They are never erased themselves.
pub(super) const ERASE: &str = "audit.erase";

/// Runs of numbers that one entry about an erasure names at most.
const RANGES: usize = 1_000;

/// Which entries of a workspace are to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erase {
    /// Those with numbers from the first to the second.
    Range(u64, u64),
    /// Those of what somebody did.
    Principal(String),
    /// Those of what was done to something or somebody.
    Subject(String),
}

/// Somebody or something that entries name.
#[derive(Clone, Copy, Debug)]
pub enum Named<'a> {
    /// Who did it.
    Actor(&'a str),
    /// What or whom it was done to, with what was done how often.
    Subject(&'a str, &'a BTreeMap<String, i64>),
    /// An action, and what or whom somebody did it to who is forgotten.
    Done(&'a str, &'a str),
}

impl<'a> Named<'a> {
    /// By which name.
    pub const fn name(&self) -> &'a str {
        let (Self::Actor(name) | Self::Subject(name, _) | Self::Done(_, name)) = *self;
        name
    }

    /// What was done to it.
    pub const fn actions(&self) -> Option<&'a BTreeMap<String, i64>> {
        match *self {
            Self::Actor(_) | Self::Done(..) => None,
            Self::Subject(_, actions) => Some(actions),
        }
    }
}

impl Audit {
    /// Takes principal, subject, detail and salt away from entries of a workspace, and says so in an entry by the officer;
    /// blocks. Commitments and hashes stay. Says how many entries that were. The officer tells what is not forgotten: of who is
    /// there, and of what is nobody, nothing is erased, or whoever does something could wipe away that they did. Where they
    /// have done something to somebody who is gone, that is erased, and the entry about it says what they did how often. So
    /// it does of who is forgotten, under a name that is none of theirs: that one and the same has done it stays. What they
    /// did to what is there still, such as a key that works, is told once more, under that name.
    ///
    /// # Errors
    /// If the officer may not any more, the workspace is held, what is named stays, the database fails or there is no
    /// randomness.
    pub fn erase_blocking(
        &self,
        workspace: i64,
        which: &Erase,
        officer: &impl Officer,
    ) -> std::result::Result<u64, AuditError> {
        // What somebody did a moment ago is erased as well.
        self.sequence_blocking()?;
        let parts = self.parts();
        let entry = Entry { workspace, at: parts.clock.now(), principal: officer.id(), action: ERASE };
        let erase = |connection: &mut dyn Connection| {
            if let Some(lapsed) = officer.lapsed(connection)? {
                return Ok(Err(lapsed.into()));
            }
            sequencer::lock(connection)?;
            if hold(connection, workspace)?.is_some() {
                return Ok(Err(AuditError::Held));
            }
            let done = done(connection, workspace, which, officer)?;
            let named = match which {
                Erase::Range(..) => None,
                Erase::Principal(name) => Some(Named::Actor(name)),
                Erase::Subject(name) => Some(Named::Subject(name, &done.actions)),
            };
            if let Some(named) = named
                && officer.stays(connection, &named)?
            {
                return Ok(Err(AuditError::StillThere));
            }
            if let Erase::Principal(name) = which {
                restate(connection, &entry, (name, &pseudonym(name)), officer)?;
            }
            let erased = empty(connection, workspace, which)?;
            for ranges in ranges(&erased).chunks(RANGES) {
                let Done { actions, by } = &done;
                let detail = json!({ "ranges": ranges, "entries": erased.len(), "actions": actions, "by": by });
                entry.write(connection, "entries", &detail)?;
            }
            // In the same transaction: nobody sees entries that are empty without one that says so.
            while sequence(connection, parts.entropy.as_ref())? == sequencer::BATCH {}
            Ok(Ok(erased.len() as u64))
        };
        let erased = parts.database.write_blocking(erase)??;
        parts.database.forget_blocking()?;
        Ok(erased)
    }
}

/// What had been done, how often: altogether, and by each, under a name that is none of theirs if they are forgotten.
#[derive(Debug, Default)]
struct Done {
    actions: BTreeMap<String, i64>,
    by: BTreeMap<String, BTreeMap<String, i64>>,
}

fn done(connection: &mut dyn Connection, workspace: i64, which: &Erase, officer: &impl Officer) -> Result<Done> {
    let (condition, values) = meant(workspace, which);
    let sql =
        format!("SELECT principal, action, count(*) FROM audit_entries WHERE {condition} GROUP BY principal, action");
    let mut done = Done::default();
    for mut row in connection.query(&sql, &values)? {
        let (principal, action, times) = (row.text(0)?, row.text(1)?, row.int(2)?);
        *done.actions.entry(action.clone()).or_default() += times;
        done.by.entry(principal).or_default().insert(action, times);
    }
    for (principal, actions) in std::mem::take(&mut done.by) {
        let name =
            if officer.stays(connection, &Named::Actor(&principal))? { principal } else { pseudonym(&principal) };
        done.by.insert(name, actions);
    }
    Ok(done)
}

/// What somebody is called who is forgotten: the same each time, and of no use to who does not know their id, which is 64 bits
/// at random.
fn pseudonym(principal: &str) -> String {
    let digest = Sha256::digest(format!("forgotten {principal}"));
    format!("forgotten-{}", hex::encode(digest.get(..8).unwrap_or_default()))
}

/// The numbers of those that were emptied, ascending.
fn empty(connection: &mut dyn Connection, workspace: i64, which: &Erase) -> Result<Vec<i64>> {
    let (condition, values) = meant(workspace, which);
    let sql = format!(
        "UPDATE audit_entries SET principal = NULL, subject = NULL, detail = NULL, salt = NULL WHERE {condition} \
         RETURNING seq"
    );
    let rows = connection.query(&sql, &values)?;
    let mut erased = rows.iter().map(|row| row.int(0)).collect::<Result<Vec<i64>>>()?;
    erased.sort_unstable();
    Ok(erased)
}

/// Which entries are meant, without those that say what was erased, and without what is erased already.
fn meant(workspace: i64, which: &Erase) -> (String, Vec<Value<'_>>) {
    let (condition, values) = match which {
        Erase::Range(first, last) => {
            let bound = |seq: &u64| Value::from(i64::try_from(*seq).unwrap_or(i64::MAX));
            ("seq BETWEEN $3 AND $4", vec![bound(first), bound(last)])
        }
        // What they had told once more is the record's own doing, and stays with the entry about it.
        Erase::Principal(name) => ("principal = $3 AND action <> 'audit.restate'", vec![Value::from(name)]),
        Erase::Subject(name) => ("subject = $3", vec![Value::from(name)]),
    };
    let condition = format!("workspace = $1 AND action <> $2 AND salt IS NOT NULL AND {condition}");
    (condition, [workspace.into(), ERASE.into()].into_iter().chain(values).collect())
}

/// Ascending numbers as runs of neighbours, each as its first and last.
fn ranges(numbers: &[i64]) -> Vec<(i64, i64)> {
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    runs.filter_map(|run| Some((*run.first()?, *run.last()?))).collect()
}
