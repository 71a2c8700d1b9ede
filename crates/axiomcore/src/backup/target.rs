//! Where a backup is restored into, and how rows come into it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use tokio::runtime::Runtime;

use super::restore::{Progress, at, note};
use super::{BackupError, Facts, Manifest, Restorable, Role, Vault, rows};
use crate::store::{Connection, Database, Error, Location};

/// Where a backup is restored into.
#[derive(Clone, Copy)]
pub(super) enum Target<'d> {
    /// A folder in which a service will start: with a database that is a file.
    Folder,
    /// An empty server, and a folder for the files beside it.
    Server(&'d Database),
    /// A folder that is only looked at.
    Scratch,
}

impl Target<'_> {
    pub(super) fn refuse_unless_suitable(self, manifest: &Manifest) -> Result<(), BackupError> {
        let id = &manifest.id;
        match (self, has_rows(manifest)) {
            (Self::Folder, true) => Err(BackupError::Unsuitable(format!(
                "backup {id} is of a PostgreSQL server: set database.url to an empty database, into which it is restored"
            ))),
            (Self::Server(_), false) => Err(BackupError::Unsuitable(format!(
                "backup {id} is of a SQLite database, which is a file in the data folder: take database.url away to restore it"
            ))),
            _ => Ok(()),
        }
    }
}

pub(super) fn has_rows(manifest: &Manifest) -> bool {
    manifest.parts.iter().any(|part| part.role == Role::Table)
}

impl Vault {
    /// Puts rows into a server, or into a file beside.
    pub(super) fn load(
        &self,
        manifest: &Manifest,
        beside: &Path,
        into: Target<'_>,
        progress: &mut Progress,
    ) -> Result<(), BackupError> {
        let Some((service, file)) = self.0.service.get() else {
            return Err(BackupError::Unsuitable("nobody has said what tables the rows of a server go into".into()));
        };
        let Target::Server(server) = into else {
            let path = beside.join(file);
            // One that was not finished.
            fs::remove_file(&path).or_else(unless_missing).map_err(at(&path))?;
            let threads = Runtime::new().map_err(at(&path))?;
            let database = Database::open(&Location::Sqlite(path), 1, threads.handle().clone())?;
            let loaded = self.load_rows(&database, manifest, service.as_ref());
            database.close();
            return loaded;
        };
        let was_loading = std::mem::replace(&mut progress.loading, true);
        note(beside, progress)?;
        match self.load_rows(server, manifest, service.as_ref()) {
            // It may be this one's, committed the moment before it was interrupted.
            Err(BackupError::ServerNotEmpty(_)) if was_loading && is_loaded(server, manifest, service.as_ref()) => {
                Ok(())
            }
            loaded => loaded,
        }
    }

    fn load_rows(&self, database: &Database, manifest: &Manifest, service: &dyn Restorable) -> Result<(), BackupError> {
        let (reader, mut refused) = (self.reader(manifest)?, None);
        let loaded = database.write_blocking(|connection| {
            rows::load(connection, manifest, &reader, service).map_err(|error| match error {
                BackupError::Store(error) => error,
                error => {
                    refused = Some(error);
                    Error::Failed("the backup was not restored".into())
                }
            })
        });
        match refused {
            Some(error) => Err(error),
            None => Ok(loaded?),
        }
    }
}

/// Whether what is in the server is what the backup says of itself.
fn is_loaded(server: &Database, manifest: &Manifest, service: &dyn Restorable) -> bool {
    let last = |connection: &mut dyn Connection| service.last(connection);
    let Manifest { schema, audit, log, .. } = manifest;
    let found = server.read_blocking(|connection| Facts::of(connection, &last));
    found.is_ok_and(|found| (&found.schema, &found.audit, &found.log) == (schema, audit, log))
}

fn unless_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }
}
