//! Proof that a backup is one: it is restored into a scratch folder, and the service goes through what lies there.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::manifest::{Verified, signed};
use super::vault::verified_name;
use super::{BackupError, Damage, Facts, Manifest, Vault};

/// What a service says of what was restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proven {
    /// What is in the restored database, to be compared with what the manifest says.
    pub facts: Facts,
    /// How many rows of its own log it went through.
    pub rows: u64,
    /// Everything that is wrong, in words.
    pub findings: Vec<String>,
}

/// How a service proves what was restored into a folder; blocks. An error is a finding as well.
pub type Proof<'p> = &'p dyn Fn(&Path) -> Result<Proven, String>;

/// What a verification came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Which backup.
    pub id: String,
    /// What of it is not as it was written.
    pub damages: Vec<Damage>,
    /// What is wrong with what was restored.
    pub findings: Vec<String>,
    /// How many rows of the service's own log were gone through.
    pub rows: u64,
    /// How many segments that were shipped after it were applied.
    pub segments: u64,
    /// How long it took to restore it, in milliseconds.
    pub restored_in: u64,
    /// How long it took in all, in milliseconds.
    pub took: u64,
}

impl Verdict {
    /// Whether it is good.
    pub const fn is_good(&self) -> bool {
        self.damages.is_empty() && self.findings.is_empty()
    }
}

impl Vault {
    /// Verifies a backup; `scratch` is a folder that is made and removed again, with room for all of it. One that is good is
    /// marked so.
    ///
    /// # Errors
    /// If the destination or the scratch folder fails, or somebody else is at the destination.
    pub fn verify(&self, id: &str, scratch: &Path, proof: Proof<'_>) -> Result<Verdict, BackupError> {
        let _held = self.destination().hold()?;
        let begun = self.0.clock.now();
        let mut verdict = Verdict {
            id: id.to_owned(),
            damages: Vec::new(),
            findings: Vec::new(),
            rows: 0,
            segments: 0,
            restored_in: 0,
            took: 0,
        };
        let (manifest, digest) = match self.manifest(id) {
            Err(BackupError::Damaged(damage)) => {
                verdict.damages.push(damage);
                return Ok(verdict);
            }
            manifest => manifest?,
        };
        // What an earlier one left.
        remove(scratch)?;
        match self.restore_to_scratch(id, scratch) {
            Ok(restored) => {
                verdict.segments = restored.segments;
                verdict.restored_in = millis(self.0.clock.now().since(begun));
                match proof(scratch) {
                    Ok(proven) => take(&mut verdict, &manifest, proven),
                    Err(why) => verdict.findings.push(why),
                }
            }
            // The rest of it may be damaged as well.
            Err(BackupError::Damaged(damage)) => {
                verdict.damages = self.damages(&manifest)?;
                if !verdict.damages.contains(&damage) {
                    verdict.damages.push(damage);
                }
            }
            Err(error) => {
                remove(scratch)?;
                return Err(error);
            }
        }
        remove(scratch)?;
        verdict.took = millis(self.0.clock.now().since(begun));
        self.mark(&verdict, digest)?;
        Ok(verdict)
    }

    /// Marks a good one; takes the mark away from one that is not good any more.
    fn mark(&self, verdict: &Verdict, manifest: String) -> Result<(), BackupError> {
        let Verdict { id, rows, took, .. } = verdict;
        if !verdict.is_good() {
            return Ok(self.destination().remove(&verified_name(id))?);
        }
        let verified = Verified { id: id.clone(), manifest, at: self.0.clock.now().0, took: *took, rows: *rows };
        Ok(self.destination().put(&verified_name(id), &signed(&verified, &self.0.key)?)?)
    }
}

/// Compares what was restored with what the manifest says was there. The copy may be a moment newer than what the manifest
/// says of it, so nothing may be less.
fn take(verdict: &mut Verdict, manifest: &Manifest, proven: Proven) {
    let Proven { facts, rows, findings } = proven;
    (verdict.rows, verdict.findings) = (rows, findings);
    if facts.schema != manifest.schema {
        verdict.findings.push("the schema is not that of the manifest".into());
    }
    if facts.log < manifest.log {
        let (found, said) = (facts.log, manifest.log);
        verdict.findings.push(format!("the log ends with row {found}; the manifest says {said}"));
    }
    for said in &manifest.audit {
        let found = facts.audit.iter().find(|found| found.workspace == said.workspace);
        let holds = found.is_some_and(|found| found.seq > said.seq || *found == *said);
        if !holds {
            let (workspace, seq) = (said.workspace, said.seq);
            verdict
                .findings
                .push(format!("the audit of workspace {workspace} does not have the entry {seq} of the manifest"));
        }
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn remove(folder: &Path) -> Result<(), BackupError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(BackupError::File(folder.to_owned(), error)),
        _ => Ok(()),
    }
}
