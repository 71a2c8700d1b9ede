//! Making a backup.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::chunks::{CHUNK, Writer};
use super::manifest::{FORMAT, signed};
use super::vault::{UNFINISHED, manifest_name, unfinished_name};
use super::{AuditHead, BackupError, Manifest, OnLine, Part, Role, Shipper, Vault, rows};
use crate::clock::Timestamp;
use crate::store::{self, Connection, Database, Dialect, Snapshot};
use crate::{audit, hex};

/// What is copied.
pub struct Source<'s> {
    /// The product, such as `freeagentics`.
    pub product: &'s str,
    /// Its version.
    pub version: &'s str,
    /// The database.
    pub database: &'s Database,
    /// What the file of a SQLite database is called.
    pub file: &'s str,
    /// Files beside it: what each is called when it is restored, and where it lies. Those that are not there are passed
    /// over.
    pub files: &'s [(String, PathBuf)],
    /// Who ships what is committed meanwhile and later.
    pub shipper: Option<&'s Shipper>,
    /// The last row of the service's own log.
    pub last: &'s dyn Fn(&mut dyn Connection) -> store::Result<u64>,
}

/// What was found in the database that is copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The version of the schema of each component.
    pub schema: BTreeMap<String, i64>,
    /// Where the chains of the audit end.
    pub audit: Vec<AuditHead>,
    /// The last row of the service's own log.
    pub log: u64,
}

impl Facts {
    /// Looks them up.
    ///
    /// # Errors
    /// What the database says.
    pub fn of(
        connection: &mut dyn Connection,
        last: &dyn Fn(&mut dyn Connection) -> store::Result<u64>,
    ) -> store::Result<Self> {
        let sql = "SELECT component, MAX(version) FROM schema_versions GROUP BY component";
        let rows = connection.query(sql, &[])?;
        let schema = rows.into_iter().map(|mut row| Ok((row.text(0)?, row.int(1)?))).collect::<store::Result<_>>()?;
        let head =
            |(workspace, seq, hash): (i64, u64, audit::Hash)| AuditHead { workspace, seq, hash: hex::encode(&hash) };
        let audit = audit::heads(connection)?.into_iter().map(head).collect();
        Ok(Self { schema, audit, log: last(connection)? })
    }
}

impl Vault {
    /// Makes a backup of what there is now. Writers go on meanwhile. Until its manifest is there, which comes last, there is
    /// no backup; what a crash leaves behind of one goes with the next.
    ///
    /// # Errors
    /// If something cannot be read or written, or somebody else is at the destination.
    pub fn create(&self, source: &Source<'_>) -> Result<Manifest, BackupError> {
        let _held = self.destination().hold()?;
        let listing = self.list(0)?;
        self.remove_unfinished()?;
        let (number, previous) = match listing.newest() {
            Some((kept, manifest)) => (manifest.number, Some(kept.digest.clone())),
            None => (0, None),
        };
        let begun = self.0.clock.now();
        let (mut salt, mut tail) = ([0; 32], [0; 4]);
        self.0.entropy.fill(&mut salt)?;
        self.0.entropy.fill(&mut tail)?;
        let id = format!("{}-{}", name_of(begun), hex::encode(&tail));
        self.destination().put(&unfinished_name(&id), b"")?;
        let mut writer = Writer::new(self.destination(), &id, self.0.key.cipher(&salt)?);
        // Files first: checkpoints that are in the anchor are in the database then.
        let mut parts = files(source.files, &mut writer)?;
        let from = source.shipper.map(Shipper::ship).transpose()?;
        let facts = source.database.snapshot_blocking(|connection, snapshot| {
            let facts = Facts::of(connection, source.last)?;
            match snapshot {
                Some(snapshot) => parts.extend(database(snapshot, source.file, &mut writer)?),
                None => parts.extend(rows::copied(connection, &mut writer)?),
            }
            Ok::<_, BackupError>(facts)
        })?;
        let line = on_line(source.shipper, from)?;
        let kind = if source.database.dialect() == Dialect::Sqlite { "sqlite" } else { "postgresql" };
        let manifest = Manifest {
            format: FORMAT,
            id,
            number: number + 1,
            previous,
            key: self.public_key().to_owned(),
            salt: hex::encode(&salt),
            product: source.product.to_owned(),
            version: source.version.to_owned(),
            database: kind.to_owned(),
            schema: facts.schema,
            log: facts.log,
            audit: facts.audit,
            begun_at: begun.0,
            ended_at: self.0.clock.now().0,
            line,
            parts,
        };
        self.destination().put(&manifest_name(&manifest.id), &signed(&manifest, &self.0.key)?)?;
        self.destination().remove(&unfinished_name(&manifest.id))?;
        Ok(manifest)
    }

    /// Removes what was begun and never got its manifest.
    fn remove_unfinished(&self) -> Result<(), BackupError> {
        for id in self.destination().list(UNFINISHED)? {
            if self.destination().get(&manifest_name(&id))?.is_none() {
                self.remove(&id)?;
            }
            self.destination().remove(&unfinished_name(&id))?;
        }
        Ok(())
    }
}

/// Which segments belong over a backup that was begun when `from` was the next one and is complete now.
fn on_line(shipper: Option<&Shipper>, from: Option<u64>) -> Result<Option<OnLine>, BackupError> {
    let Some((shipper, from)) = shipper.zip(from) else { return Ok(None) };
    Ok(Some(OnLine { line: shipper.line().to_owned(), from, until: shipper.ship()? }))
}

/// A moment as names of backups begin: their order is that of time.
pub(super) fn name_of(moment: Timestamp) -> String {
    moment.to_string().chars().filter(char::is_ascii_alphanumeric).collect()
}

fn files(files: &[(String, PathBuf)], writer: &mut Writer<'_>) -> Result<Vec<Part>, BackupError> {
    let mut parts = Vec::new();
    for (name, path) in files {
        match File::open(path) {
            Ok(mut file) => parts.push(copied(&mut file, path, Role::File, name, writer)?),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(BackupError::File(path.clone(), error)),
        }
    }
    Ok(parts)
}

fn copied(
    from: &mut dyn Read,
    path: &Path,
    role: Role,
    name: &str,
    writer: &mut Writer<'_>,
) -> Result<Part, BackupError> {
    let mut part = writer.part(role, name);
    let mut buffer = vec![0; CHUNK / 4];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return part.finish(),
            Ok(read) => part.write(buffer.get(..read).unwrap_or_default())?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(BackupError::File(path.to_owned(), error)),
        }
    }
}

/// The log before the file, as [`Snapshot`] needs it; restored the other way round.
fn database(snapshot: &Snapshot<'_>, name: &str, writer: &mut Writer<'_>) -> Result<[Part; 2], BackupError> {
    let failed = |error| BackupError::File(name.into(), error);
    let log = loop {
        let (mut part, mut refused) = (writer.part(Role::Log, name), None);
        let copied = snapshot.log(&mut |bytes| {
            part.write(bytes).map_err(|error| {
                refused = Some(error);
                io::Error::other("the destination failed")
            })
        });
        if let Some(error) = refused {
            return Err(error);
        }
        match copied.map_err(failed)? {
            Some(_) => break part.finish()?,
            None => part.discard()?,
        }
    };
    let mut file = snapshot.file().map_err(failed)?;
    let file = copied(&mut file, Path::new(name), Role::Database, name, writer)?;
    Ok([file, log])
}
