//! The kit of this repository: its files are fresh, its rules do what they should, its alerts go where they belong.
#![cfg(test)]

mod fresh;
mod promtool;
mod routing;
mod rules;

use std::path::{Path, PathBuf};

use monitoring::Kit;

/// The repository that is looked at: this one, or a copy into which a fault was planted (`drills/planted`).
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/monitoring lies two below");
    std::env::var_os("EXAMINED_ROOT").map_or_else(|| here.to_owned(), PathBuf::from)
}

fn kit() -> Kit {
    Kit::read(&root().join("infra/monitoring/source")).unwrap_or_else(|error| panic!("{error}"))
}
