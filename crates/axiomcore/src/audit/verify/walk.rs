//! One chain, entry by entry.

use std::mem;

use serde::Deserialize;

use super::statements::Statements;
use super::{Fault, Place, Report};
use crate::audit::chain::{Hash, Link};
use crate::audit::erase::ERASE;

/// A walk along a chain. After the first place that does not hold it only counts: what follows cannot be judged.
pub(super) struct Walk {
    pub(super) workspace: i64,
    /// The number and hash of the last entry that holds.
    last: (u64, Hash),
    /// The last entry there is.
    end: u64,
    /// The last entry that a checkpoint has seen as it is.
    covered: u64,
    /// An entry that does not hold here; the next one tells why.
    suspect: Option<Link>,
    is_broken: bool,
    erased: Vec<u64>,
    /// What entries say was erased, as first and last numbers.
    recorded: Vec<(u64, u64)>,
}

/// What an entry about an erasure says.
#[derive(Deserialize)]
struct Erasure {
    ranges: Vec<(u64, u64)>,
}

impl Walk {
    pub(super) fn begin(workspace: i64, statements: &Statements) -> Self {
        let last = statements.beginning(workspace);
        Self {
            workspace,
            last,
            end: last.0,
            covered: last.0,
            suspect: None,
            is_broken: false,
            erased: Vec::new(),
            recorded: Vec::new(),
        }
    }

    /// An entry that cannot be read.
    pub(super) fn unreadable(&mut self, seq: u64, detail: String, report: &mut Report) {
        self.judge(None, report);
        self.end = seq;
        report.entries += 1;
        let (fault, seq) =
            if seq == self.last.0 + 1 { (Fault::Altered, seq) } else { (Fault::Removed, self.last.0 + 1) };
        self.fail(seq, fault, detail, report);
    }

    pub(super) fn entry(&mut self, link: Link, statements: &Statements, report: &mut Report) {
        report.entries += 1;
        report.erased += u64::from(link.content.is_none());
        self.judge(Some(&link), report);
        self.end = link.seq;
        if self.is_broken {
            return;
        }
        let expected = self.last.0 + 1;
        if link.seq > expected {
            let detail = format!("entry {} follows entry {}", link.seq, self.last.0);
            return self.fail(expected, Fault::Removed, detail, report);
        }
        if link.seq < expected {
            let detail = format!("it comes after entry {}", self.last.0);
            return self.fail(link.seq, Fault::Inserted, detail, report);
        }
        let is_whole = link.expected_commitment().is_none_or(|commitment| commitment == link.commitment);
        if !is_whole || link.expected_hash(link.seq, &self.last.1) != link.hash {
            self.suspect = Some(link);
            return;
        }
        if let Some(by) = statements.contradiction(self.workspace, link.seq, &link.hash) {
            let (from, to) = (self.covered + 1, link.seq);
            let detail = format!("entries {from} to {to} are not those that {by} has seen");
            return self.fail(from, Fault::Rehashed, detail, report);
        }
        self.accept(&link, statements);
    }

    fn accept(&mut self, link: &Link, statements: &Statements) {
        self.last = (link.seq, link.hash);
        if statements.has_seen(self.workspace, link.seq) {
            self.covered = link.seq;
        }
        match &link.content {
            None => self.erased.push(link.seq),
            Some(content) if link.action == ERASE => {
                let said =
                    serde_json::from_str(&content.detail).map_or_else(|_| Vec::new(), |said: Erasure| said.ranges);
                self.recorded.extend(said.into_iter().filter(|(_, last)| *last < link.seq));
            }
            Some(_) => {}
        }
    }

    /// Says what is wrong with the suspect, by what follows it.
    fn judge(&mut self, next: Option<&Link>, report: &mut Report) {
        let Some(suspect) = self.suspect.take() else { return };
        let (seq, before) = (suspect.seq, &self.last.1);
        let fits_here = |next: &&Link| next.expected_hash(seq, before) == next.hash;
        let fits_later = |next: &&Link| next.expected_hash(seq + 2, &suspect.hash) == next.hash;
        let (fault, detail) = match next {
            Some(next) if fits_here(&next) && suspect.expected_hash(seq + 1, &next.hash) == suspect.hash => {
                (Fault::Reordered, "it and the entry after it have changed places")
            }
            Some(next) if fits_here(&next) => (Fault::Inserted, "the entry after it is the one that belongs here"),
            Some(next) if next.seq == seq + 1 && fits_later(&next) => {
                (Fault::Removed, "the entry that was here is gone, and those after it have moved up")
            }
            _ => (Fault::Altered, "it is not the entry that was written, or not after the one before it"),
        };
        self.fail(seq, fault, detail, report);
    }

    fn fail(&mut self, seq: u64, fault: Fault, detail: impl Into<String>, report: &mut Report) {
        if !mem::replace(&mut self.is_broken, true) {
            report.add(Place::Entry { workspace: self.workspace, seq }, fault, detail);
        }
    }

    /// The end of the chain; `head` is where the database says it is.
    pub(super) fn finish(mut self, head: Option<(u64, Hash)>, statements: &Statements, report: &mut Report) {
        self.judge(None, report);
        report.workspaces += 1;
        report.uncovered += self.end.saturating_sub(self.covered);
        let next = self.end + 1;
        if let Some((seen, by)) = statements.last_seen(self.workspace).filter(|(seen, _)| *seen > self.end) {
            self.fail(next, Fault::Cut, format!("{by} has seen entry {seen}"), report);
        }
        match head {
            Some((seq, _)) if seq > self.end => {
                self.fail(next, Fault::Cut, format!("the chain was {seq} entries long"), report);
            }
            Some(head) if head != self.last => {
                self.fail(self.end, Fault::Altered, "the chain is said to end otherwise", report);
            }
            _ => {}
        }
        let is_recorded = |seq: u64| self.recorded.iter().any(|(first, last)| (*first..=*last).contains(&seq));
        if let Some(seq) = self.erased.iter().copied().find(|seq| !is_recorded(*seq)) {
            self.fail(seq, Fault::ErasedUnrecorded, "it was emptied, and no entry after it says so", report);
        }
    }
}
