//! The kit of this repository: its files are fresh, its rules do what they should, its alerts go where they belong.
#![cfg(test)]

mod fresh;
mod promtool;
mod routing;
mod rules;

use std::path::{Path, PathBuf};

use monitoring::Kit;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/monitoring lies two below").to_owned()
}

fn kit() -> Kit {
    Kit::read(&root().join("infra/monitoring/source")).unwrap_or_else(|error| panic!("{error}"))
}
