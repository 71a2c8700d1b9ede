//! The data folder: whether it is there, whose it is, and who uses it.

use std::fs::{File, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use axiomcore::config::Settings;
use rustix::fs::{Access, access};

use super::Findings;
use crate::server::settings::Config;

/// What is known about the folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    /// Whether there is one that can be used.
    pub(super) is_there: bool,
    /// Whether a server uses it now.
    pub(super) is_in_use: bool,
}

pub(super) fn look(settings: &Settings, findings: &mut Findings) -> Folder {
    let path = settings.section::<Config>().data;
    let name = path.display();
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mend = "start the server once, which makes it; or name the folder that has the data with --data";
            findings.wrong("data_folder", format!("there is no folder {name}"), mend);
            return Folder::default();
        }
        Err(error) => {
            findings.wrong(
                "data_folder",
                format!("{name} cannot be looked at: {error}"),
                "run this as the server's user",
            );
            return Folder::default();
        }
        Ok(metadata) if !metadata.is_dir() => {
            findings.wrong("data_folder", format!("{name} is no folder"), "name a folder with --data");
            return Folder::default();
        }
        Ok(metadata) => permissions(&path, metadata.permissions().mode(), findings),
    }
    let is_in_use = lock(&path, findings);
    Folder { is_there: true, is_in_use }
}

fn permissions(path: &Path, mode: u32, findings: &mut Findings) {
    let name = path.display();
    if mode & 0o077 != 0 {
        let what = format!("others on this machine may open {name} (mode {:03o})", mode & 0o777);
        findings.wrong("data_folder", what, format!("chmod 700 {name}"));
    } else if let Err(error) = access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        let mend = format!("run this as the server's user, or give it the folder: chown -R USER {name}");
        findings.wrong("data_folder", format!("{name} cannot be written: {error}"), mend);
    } else {
        findings.good("data_folder", format!("{name} is its owner's alone and can be written"));
    }
}

/// Whether somebody has it. The lock is asked for and given back at once.
fn lock(path: &Path, findings: &mut Findings) -> bool {
    let Ok(mut file) = File::open(path.join("lock")) else {
        findings.good("lock", "no server uses the folder");
        return false;
    };
    match file.try_lock_shared() {
        Ok(()) => {
            findings.good("lock", "no server uses the folder");
            false
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Only for the message; a process that has locked and not yet written is unknown.
            let _unknown = file.read_to_string(&mut holder);
            let holder = if holder.trim().is_empty() { "unknown" } else { holder.trim() };
            findings.good("lock", format!("a server uses the folder: process {holder}"));
            true
        }
        Err(TryLockError::Error(error)) => {
            let mend = "put the data on a file system that can lock files, such as a local disk";
            findings.wrong("lock", format!("the folder cannot be locked: {error}"), mend);
            false
        }
    }
}
