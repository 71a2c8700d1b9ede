//! Promises about the repository itself: its structure, its dependencies, its documents.
//!
//! Every rule is a function from sources to complaints, so that each has two tests: the repository has none, and
//! a planted fault is found.

mod asked_again;
mod commands;
mod dependencies;
mod documents;
mod layout;
mod planted;
mod problems;
mod purity;
mod readme;
mod recordings;
mod scores;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Set in the environment, it makes the tests of rendered pages write them instead of comparing.
const UPDATE: &str = "UPDATE_DOCS";

/// A committed (or about to be committed) text file.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The file's path and a line of it, for people who have to find it.
    fn complaint(&self, line_index: usize, about: &str) -> String {
        format!("{}:{}: {about}", self.path, line_index + 1)
    }
}

/// The repository that is looked at: this one, or a copy into which a fault was planted (`drills/planted`).
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/freeagentics lies two below");
    std::env::var_os("EXAMINED_ROOT").map_or_else(|| here.to_owned(), PathBuf::from)
}

/// Every text file that git knows or would take, in the order of its path.
fn sources() -> Vec<Source> {
    let listing = Command::new("git")
        // A clone that belongs to somebody else (a container's mount) is still read.
        .args(["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is there: this is a clone");
    assert!(listing.status.success(), "{}", String::from_utf8_lossy(&listing.stderr));
    let listing = String::from_utf8(listing.stdout).unwrap();
    let found: Vec<Source> = listing
        .lines()
        .filter_map(|path| Some(Source::new(path, &std::fs::read_to_string(root().join(path)).ok()?)))
        .collect();
    assert!(found.iter().any(|source| source.path == "Cargo.lock"), "the listing is not that of this repository");
    found
}

fn sources_that_end_in(extension: &str) -> Vec<Source> {
    sources().into_iter().filter(|source| source.path.ends_with(extension)).collect()
}

/// Fails with one complaint per line.
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
