//! What checkpoints say, from the database or an export and from the anchor file.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fault, Place, Report};
use crate::audit::chain::{BEGINNING, Hash};
use crate::audit::checkpoint::{Chain, LogRange, Signed};
use crate::audit::key::PublicKey;
use crate::hex;

/// Everything that was said and could be believed.
#[derive(Default)]
pub(super) struct Statements {
    /// The key that who verifies knows.
    pinned: Option<PublicKey>,
    /// Keys, each with the first checkpoint that has to be signed with it: the first one found, and those that were handed
    /// over to.
    keys: BTreeMap<u64, PublicKey>,
    /// Keys that something was signed with.
    signed_with: BTreeSet<PublicKey>,
    /// The lines by their numbers.
    lines: BTreeMap<u64, String>,
    /// What the next checkpoint has to name and where in the service's own log it has to begin, if that is known.
    follows: Option<(Hash, u64)>,
    pub(super) logs: Vec<LogRange>,
    /// Hashes that entries were seen with, each with who says so.
    seen: BTreeMap<(i64, u64), Vec<(Hash, String)>>,
    /// By workspace: the last entry that is no longer kept, its hash, and the number of the checkpoint that says so.
    begins: BTreeMap<i64, (u64, Hash, u64)>,
    anchored: u64,
}

impl Statements {
    /// With a key that something has to be signed with, if who verifies knows one. The checkpoint that it signed names the one
    /// before it, and so vouches for all before it; those after it have keys that were handed over to.
    pub(super) fn new(pinned: Option<PublicKey>) -> Self {
        Self { pinned, follows: Some((BEGINNING, 0)), ..Self::default() }
    }

    /// The next checkpoint, kept under this number.
    pub(super) fn checkpoint(&mut self, number: u64, line: &str, report: &mut Report) {
        let place = Place::Checkpoint { number };
        let next = self.last() + 1;
        if number != next {
            let detail = format!("checkpoint {number} is the next one that is there");
            report.add(Place::Checkpoint { number: next }, Fault::Removed, detail);
            self.follows = None;
        }
        report.checkpoints += 1;
        self.lines.insert(number, line.to_owned());
        let Some(Signed { statement, digest, .. }) = self.read(line, place, report) else {
            // What follows it cannot be held against it; that is said once, here.
            self.follows = None;
            return;
        };
        let (previous, log_to) = self.follows.unwrap_or((statement.previous, statement.log.after));
        if statement.number != number || statement.previous != previous || statement.log.after != log_to {
            report.add(place, Fault::Altered, "it does not follow the checkpoint before it");
        }
        self.follows = Some((digest, statement.log.to));
        self.believe(&statement.chains, number, &format!("checkpoint {number}"));
        self.logs.push(statement.log);
    }

    /// The last checkpoint's number.
    fn last(&self) -> u64 {
        self.lines.last_key_value().map_or(0, |(last, _)| *last)
    }

    /// A line of the anchor file, after all checkpoints.
    pub(super) fn anchored(&mut self, at: u64, line: &str, report: &mut Report) {
        let place = Place::Anchor { line: at };
        let Some(signed) = self.read(line, place, report) else { return };
        let number = signed.statement.number;
        if self.anchored != 0 && number != self.anchored + 1 {
            let detail = format!("checkpoint {number} follows checkpoint {} in it", self.anchored);
            report.add(place, if number > self.anchored { Fault::Removed } else { Fault::Reordered }, detail);
        }
        self.anchored = number.max(self.anchored);
        let last = self.last();
        match self.lines.get(&number) {
            Some(kept) if kept == line => return,
            Some(_) => {
                let detail = format!("checkpoint {number} is another one in the database");
                report.add(place, Fault::RolledBack, detail);
            }
            None if number > last => {
                let detail = format!("it has checkpoint {number}, and the database ends with {last}");
                report.add(place, Fault::RolledBack, detail);
            }
            // That the database lacks one between others was said already.
            None => {}
        }
        self.believe(&signed.statement.chains, number, &format!("checkpoint {number} in the anchor"));
    }

    fn read(&mut self, line: &str, place: Place, report: &mut Report) -> Option<Signed> {
        let signed = Signed::read(line).map_err(|wrong| report.add(place, Fault::Altered, wrong)).ok()?;
        let number = signed.statement.number;
        let key = *self.keys.range(..=number).next_back().map_or(&signed.public_key, |(_, key)| key);
        if self.keys.is_empty() {
            self.keys.insert(0, key);
        }
        if signed.public_key != key {
            let detail =
                format!("it is signed with {}, not with {}", hex::encode(&signed.public_key), hex::encode(&key));
            report.add(place, Fault::WrongKey, detail);
            return None;
        }
        self.signed_with.insert(key);
        if let Some(next) = signed.statement.next_key {
            self.keys.insert(number + 1, next);
        }
        Some(signed)
    }

    fn believe(&mut self, chains: &[Chain], number: u64, by: &str) {
        for chain in chains {
            let seen = self.seen.entry((chain.workspace, chain.seq)).or_default();
            seen.push((chain.hash, by.to_owned()));
            let begin = self.begins.entry(chain.workspace).or_insert((0, BEGINNING, 0));
            if number >= begin.2 {
                *begin = (chain.after, chain.after_hash, number);
            }
        }
    }

    /// The last entry of a workspace that is no longer kept, and its hash.
    pub(super) fn beginning(&self, workspace: i64) -> (u64, Hash) {
        self.begins.get(&workspace).map_or((0, BEGINNING), |(seq, hash, _)| (*seq, *hash))
    }

    /// Who has seen this entry with another hash.
    pub(super) fn contradiction(&self, workspace: i64, seq: u64, hash: &Hash) -> Option<&str> {
        let seen = self.seen.get(&(workspace, seq))?;
        seen.iter().find(|(seen, _)| seen != hash).map(|(_, by)| by.as_str())
    }

    pub(super) fn has_seen(&self, workspace: i64, seq: u64) -> bool {
        self.seen.contains_key(&(workspace, seq))
    }

    /// The last entry of a workspace that was seen, and by whom.
    pub(super) fn last_seen(&self, workspace: i64) -> Option<(u64, &str)> {
        let ((_, seq), by) = self.seen.range((workspace, 0)..=(workspace, u64::MAX)).next_back()?;
        Some((*seq, by.first().map_or("", |(_, by)| by.as_str())))
    }

    /// Workspaces that were seen to have a chain.
    pub(super) fn workspaces(&self) -> impl Iterator<Item = i64> {
        self.begins.keys().copied()
    }

    /// Says in the report what only shows when all is read.
    pub(super) fn sum_up(&self, report: &mut Report) {
        let last = self.keys.last_key_value().map(|(_, key)| *key);
        report.public_key = last.map(|key| hex::encode(&key));
        let unknown = self.pinned.filter(|pinned| !self.signed_with.contains(pinned));
        if let (Some(pinned), Some(last)) = (unknown, last) {
            let first = self.lines.keys().next().map(|number| Place::Checkpoint { number: *number });
            let detail = format!("nothing is signed with {}, but with {}", hex::encode(&pinned), hex::encode(&last));
            report.add(first.unwrap_or(Place::Anchor { line: 1 }), Fault::WrongKey, detail);
        }
        report.unanchored = self.lines.range(self.anchored + 1..).count() as u64;
    }
}
