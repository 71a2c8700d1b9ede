//! What is wrong with an installation, and what to do about it.
//!
//! Each check looks at one thing and changes nothing: no folder is made, no schema is moved, no lock is kept. It says what
//! it found even when that is well, so that one knows what was looked at. What builds on something that is not there is
//! passed over.

mod at_rest;
mod backups;
mod certificate;
mod clock;
mod database;
mod disk;
mod folder;
mod keys;
mod ports;
mod schema;

use std::path::PathBuf;

use axiomcore::config::{Faults, Settings};
use serde::Serialize;

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// The check's name; stable.
    pub(crate) check: &'static str,
    /// How it is.
    pub(crate) state: State,
    /// What was found.
    pub(crate) what: String,
    /// What to do about it, if there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mend: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// As it should be.
    Good,
    /// As it may be; to be known.
    Notice,
    /// To be mended.
    Wrong,
}

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, check: &'static str, what: impl Into<String>) {
        self.0.push(Finding { check, state: State::Good, what: what.into(), mend: None });
    }

    fn notice(&mut self, check: &'static str, what: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Finding { check, state: State::Notice, what: what.into(), mend: Some(mend.into()) });
    }

    fn wrong(&mut self, check: &'static str, what: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Finding { check, state: State::Wrong, what: what.into(), mend: Some(mend.into()) });
    }
}

/// Looks at settings that cannot be used: everything else depends on them.
pub(crate) fn of_faults(faults: &Faults) -> Vec<Finding> {
    let mut findings = Findings::default();
    for fault in &faults.0 {
        let mend = "correct it where it is set; `freeagentics config` explains every setting";
        findings.wrong("settings", fault.to_string(), mend);
    }
    findings.0
}

/// Looks at an installation with these settings; `key_files` are further files that hold keys.
pub(crate) fn examine(settings: &Settings, key_files: &[PathBuf]) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.good("settings", format!("they fit together (profile {})", settings.profile()));
    let folder = folder::look(settings, &mut findings);
    if folder.is_there {
        disk::look(settings, &mut findings);
        at_rest::look(settings, &mut findings);
    }
    if let Some(database) = database::look(settings, &folder, &mut findings) {
        schema::look(&database, &mut findings);
        clock::look(&database, &mut findings);
    }
    ports::look(settings, &folder, &mut findings);
    certificate::look(settings, &mut findings);
    keys::look(settings, key_files, &mut findings);
    backups::look(settings, &mut findings);
    findings.0
}
