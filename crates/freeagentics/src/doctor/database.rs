//! The database: whether it opens, and whether it is whole.

use std::path::Path;

use axiomcore::config::{self, Settings};
use axiomcore::store::{Database, Dialect, Error, Location};
use tokio::runtime::Runtime;

use super::{Findings, folder::Folder};
use crate::server::settings::{Config, DATABASE_FILE};

/// An open database with the runtime that its connections live on.
pub(super) struct Open {
    pub(super) database: Database,
    _runtime: Runtime,
}

/// Problems of a damaged file that are told; there may be thousands.
const SHOWN: usize = 3;

pub(super) fn look(settings: &Settings, folder: &Folder, findings: &mut Findings) -> Option<Open> {
    let config: config::Database = settings.section();
    let location = config.location(&settings.section::<Config>().data, DATABASE_FILE);
    if let Location::Sqlite(file) = &location {
        if !folder.is_there {
            return None;
        }
        if !file.is_file() {
            let mend = "start the server once, which makes it; or name the folder that has it with --data";
            findings.wrong("database", format!("there is no database {}", file.display()), mend);
            return None;
        }
        readers(file, findings);
    }
    let runtime = Runtime::new().ok()?;
    match Database::open(&location, 2, runtime.handle().clone()) {
        Ok(database) => {
            integrity(&database, findings);
            Some(Open { database, _runtime: runtime })
        }
        Err(error) => {
            findings.wrong("database", error.to_string(), mend(&error, &location));
            None
        }
    }
}

/// Whether others may read the file.
fn readers(file: &Path, findings: &mut Findings) {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map(|metadata| metadata.permissions().mode()).unwrap_or_default();
    // A file in a folder that is closed to others is closed to others.
    let is_open = file.parent().and_then(|folder| folder.metadata().ok());
    let is_open = is_open.is_some_and(|folder| folder.permissions().mode() & 0o011 != 0);
    if is_open && mode & 0o044 != 0 {
        let name = file.display();
        findings.wrong("database", format!("others on this machine may read {name}"), format!("chmod 600 {name}"));
    }
}

fn mend(error: &Error, location: &Location) -> String {
    let is_file = matches!(location, Location::Sqlite(_));
    match error {
        Error::Unavailable(_) if is_file => {
            "check who may write the folder and whether another program has the file open"
        }
        Error::Unavailable(_) => {
            "check that the server runs, that database.url names its address, and that the password is right"
        }
        Error::Full(_) => "make room on the disk",
        Error::Corrupt(_) => "stop the server, keep a copy of the folder, and restore a backup",
        // The refusal itself says what to set.
        Error::Refused(_) => "nothing is stored there until that is mended",
        Error::Conflict | Error::Failed(_) if is_file => "look whether the file is a database of this program",
        Error::Conflict | Error::Failed(_) => {
            "check the name of the database and of the user in database.url, and what that user may do"
        }
    }
    .to_owned()
}

fn integrity(database: &Database, findings: &mut Findings) {
    if database.dialect() == Dialect::Postgres {
        return findings.good("database", "the PostgreSQL server answers and synchronises to disk");
    }
    let checked = database.read_blocking(|connection| {
        let rows = connection.query("PRAGMA integrity_check", &[])?;
        rows.into_iter().map(|mut row| row.text(0)).collect::<Result<Vec<String>, Error>>()
    });
    match checked {
        Ok(said) if said == ["ok"] => findings.good("database", "it opens and every page of it is whole"),
        Ok(said) => {
            let shown = said.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
            let what = format!("it is damaged ({} found): {shown}", said.len());
            findings.wrong("database", what, mend(&Error::Corrupt(String::new()), &Location::Sqlite("".into())));
        }
        Err(error) => findings.wrong("database", error.to_string(), mend(&error, &Location::Sqlite("".into()))),
    }
}
