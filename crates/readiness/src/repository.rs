//! What was judged: the product's version, and the commit.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::clock::Clock;
use crate::process::{Ending, Program};
use crate::profile::Product;

const LIMIT: Duration = Duration::from_secs(20);

/// Which state of the repository was judged.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Revision {
    pub(crate) version: Option<String>,
    pub(crate) commit: Option<String>,
    /// Whether files differ from that commit, other than the reports themselves.
    pub(crate) has_changes: bool,
}

impl Revision {
    pub(crate) fn of(product: &Product, repo: &Path, reports: &[PathBuf], clock: &dyn Clock) -> Self {
        let version = product.version.as_ref().and_then(|source| {
            let text = std::fs::read_to_string(repo.join(&source.file)).ok()?;
            source.pattern.last(&text).map(str::to_owned)
        });
        let commit = git(&["rev-parse", "HEAD"], repo, clock).map(|commit| commit.trim().to_owned());
        let is_report = |path: &str| reports.iter().any(|report| report.ends_with(path) || repo.join(path) == *report);
        let changes = git(&["status", "--porcelain"], repo, clock).unwrap_or_default();
        let has_changes = changes.lines().filter_map(|line| line.get(3..)).any(|path| !is_report(path));
        Self { version, commit, has_changes }
    }

    /// The commit in twelve digits, and whether it is all.
    pub(crate) fn commit_text(&self) -> String {
        let Some(commit) = &self.commit else { return "no commit: this is not a clone".into() };
        let short = commit.get(..12).unwrap_or(commit);
        if self.has_changes { format!("{short}, with changes that are not committed") } else { short.into() }
    }
}

fn git(arguments: &[&str], repo: &Path, clock: &dyn Clock) -> Option<String> {
    // A clone that belongs to somebody else (a container's mount) is still read.
    let words = [&["git", "-c", "safe.directory=*"], arguments].concat();
    let finished = Program::new(&words, repo, LIMIT).run(clock).ok()?;
    (finished.ending == Ending::Exited(0)).then_some(finished.output)
}
