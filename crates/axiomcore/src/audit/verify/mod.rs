//! Holding chains, checkpoints and the anchor against each other, and naming the first place that does not hold.
//!
//! What each can show: a chain that nobody altered an entry of it; a checkpoint that the chain was not computed anew; the
//! anchor, which lies outside the database, that the database was not set back; a key that who verifies has from elsewhere,
//! that not everything was made anew. What happened after the last checkpoint is held together by the chain alone.

mod database;
mod export;
mod finding;
mod statements;
mod walk;

pub use database::verify_database;
pub use export::verify_export;
pub use finding::{Fault, Finding, Place, Report};

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use self::statements::Statements;
use self::walk::Walk;
use super::chain::{BEGINNING, Hash, Link};
use super::key::PublicKey;
use crate::store::Error;

/// What a verification is held against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Against<'a> {
    /// The anchor file.
    pub anchor: Option<&'a Path>,
    /// The key that checkpoints have to be signed with.
    pub key: Option<PublicKey>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum VerifyError {
    /// The database failed.
    Store(#[from] Error),
    /// A file could not be read.
    File(#[from] io::Error),
}

/// A verification under way: checkpoints, then the anchor, then entries by workspace and number.
struct Verifier {
    statements: Statements,
    walk: Option<Walk>,
    /// Where chains end, by workspace; those that were walked are taken out.
    heads: BTreeMap<i64, Option<(u64, Hash)>>,
    report: Report,
}

impl Verifier {
    fn new(key: Option<PublicKey>) -> Self {
        let report = Report { pinned: key.is_some(), ..Report::default() };
        Self { statements: Statements::new(key), walk: None, heads: BTreeMap::new(), report }
    }

    fn checkpoint(&mut self, number: u64, line: &str) {
        self.statements.checkpoint(number, line, &mut self.report);
    }

    /// Reads the anchor file, if one was given.
    fn anchor(&mut self, path: Option<&Path>) -> io::Result<()> {
        let Some(path) = path else { return Ok(()) };
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.report.checkpoints > 0 => {
                let detail = format!("{} is not there", path.display());
                self.report.add(Place::Anchor { line: 1 }, Fault::AnchorMissing, detail);
                return Ok(());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file?,
        };
        for (line, at) in BufReader::new(file).split(b'\n').zip(1..) {
            // What is no text is no line of ours, and reads as such.
            self.statements.anchored(at, &String::from_utf8_lossy(&line?), &mut self.report);
        }
        Ok(())
    }

    /// Where the database says that a chain ends.
    fn head(&mut self, workspace: i64, head: (u64, Hash)) {
        self.heads.insert(workspace, Some(head));
    }

    fn entry(&mut self, link: Link) {
        self.turn_to(link.workspace);
        let Self { walk, statements, report, .. } = self;
        if let Some(walk) = walk {
            walk.entry(link, statements, report);
        }
    }

    fn unreadable(&mut self, workspace: i64, seq: u64, detail: String) {
        self.turn_to(workspace);
        if let Some(walk) = &mut self.walk {
            walk.unreadable(seq, detail, &mut self.report);
        }
    }

    fn turn_to(&mut self, workspace: i64) {
        if self.walk.as_ref().is_none_or(|walk| walk.workspace != workspace) {
            self.end_walk();
            self.walk = Some(Walk::begin(workspace, &self.statements));
        }
    }

    fn end_walk(&mut self) {
        let Some(walk) = self.walk.take() else { return };
        // In an export nobody says where chains end.
        let head = self.heads.insert(walk.workspace, None).flatten();
        walk.finish(head, &self.statements, &mut self.report);
    }

    /// What it came to, and which parts of the service's own log checkpoints cover.
    fn finish(mut self) -> (Report, Statements) {
        self.end_walk();
        let Self { mut heads, statements, mut report, .. } = self;
        // An export of one workspace has no checkpoints: they speak of all of them.
        let seen = statements.workspaces().filter(|_| report.checkpoints > 0);
        for workspace in seen {
            // Of a chain that was seen and has no entry at all, nobody says where it ends either.
            heads.entry(workspace).or_insert(Some((0, BEGINNING)));
        }
        for (workspace, head) in heads.into_iter().filter_map(|(workspace, head)| Some((workspace, head?))) {
            Walk::begin(workspace, &statements).finish(Some(head), &statements, &mut report);
        }
        statements.sum_up(&mut report);
        (report, statements)
    }
}
