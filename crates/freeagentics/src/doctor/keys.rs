//! Files that hold keys: nobody else may read them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use axiomcore::config::{Secret, SecretFileError, Settings};
use axiomcore::identity;

use super::Findings;

pub(super) fn look(settings: &Settings, others: &[PathBuf], findings: &mut Findings) {
    let config: identity::Config = settings.section();
    // The same file often serves several purposes.
    let files: BTreeSet<&PathBuf> = config.bootstrap_token_file.iter().chain(others).collect();
    for file in files {
        key_file(file, findings);
    }
}

fn key_file(file: &Path, findings: &mut Findings) {
    let name = file.display();
    match Secret::from_file(file) {
        Ok(_) => findings.good("key_files", format!("{name} is closed to others")),
        Err(SecretFileError::Public(_)) => {
            let mend = format!("chmod 600 {name}, and replace the key if others were on this machine");
            findings.wrong("key_files", format!("everybody on this machine can read {name}"), mend);
        }
        Err(SecretFileError::Empty(_)) => {
            let mend = format!("write a key into it: (umask 077; openssl rand -hex 32 > {name})");
            findings.wrong("key_files", format!("{name} is empty"), mend);
        }
        Err(SecretFileError::Unreadable(_, error)) => {
            findings.wrong(
                "key_files",
                format!("{name} cannot be read: {error}"),
                "check the path and who may read it",
            );
        }
    }
}
