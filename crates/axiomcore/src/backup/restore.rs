//! Putting a backup where a service can use it.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::chunks::Reader;
use super::shipping::Segment;
use super::target::{Target, has_rows};
use super::{BackupError, Damage, Manifest, Part, Role, Vault};
use crate::clock::Timestamp;
use crate::hex;
use crate::store::{Database, wal};

/// The folder in which a backup lies while it is restored. Where it is, a service must not start.
pub const RESTORING: &str = "restoring";

/// What says how far it has got.
const PROGRESS: &str = "progress.json";

/// What may be in a folder that counts as empty: the lock of whoever uses it, and what a file system puts there.
const NOTHING: [&str; 3] = ["lock", "lost+found", RESTORING];

/// How far a restore has got.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    id: String,
    /// How many chunks of each part are on disk.
    chunks: BTreeMap<String, usize>,
    /// The moment as of which it is restored.
    until: Option<i64>,
    /// Whether rows are on their way into a server.
    #[serde(default)]
    pub(super) loading: bool,
    /// Whether all is there that has to be moved.
    complete: bool,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The backup.
    pub manifest: Manifest,
    /// How many segments that were shipped later are over it.
    pub segments: u64,
    /// The moment as of which it is: what was committed later is not there.
    pub as_of: Timestamp,
}

/// Whether a restore was begun in this folder and not finished.
pub fn is_unfinished(folder: &Path) -> bool {
    folder.join(RESTORING).exists()
}

impl Vault {
    /// Restores a backup into an empty folder, with what was shipped since, up to a moment if one is given. All of it is
    /// written beside first, and moved when it is whole; what was interrupted goes on when it is done again.
    ///
    /// # Errors
    /// If the folder is not empty, the backup is damaged or of a server, or something fails.
    pub fn restore(&self, id: &str, folder: &Path, until: Option<Timestamp>) -> Result<Restored, BackupError> {
        self.restore_into(id, folder, until, Target::Folder)
    }

    /// Restores a backup of a server into an empty server, and the files beside it into an empty folder. The rows come in one
    /// transaction: what is interrupted leaves none, and goes on when it is done again.
    ///
    /// # Errors
    /// If one of them is not empty, the backup is damaged or none of a server, or something fails.
    pub fn restore_to_server(&self, id: &str, folder: &Path, server: &Database) -> Result<Restored, BackupError> {
        self.restore_into(id, folder, None, Target::Server(server))
    }

    /// The same into a folder that is only looked at: the rows of a server come into a file.
    pub(super) fn restore_to_scratch(&self, id: &str, folder: &Path) -> Result<Restored, BackupError> {
        self.restore_into(id, folder, None, Target::Scratch)
    }

    fn restore_into(
        &self,
        id: &str,
        folder: &Path,
        until: Option<Timestamp>,
        into: Target<'_>,
    ) -> Result<Restored, BackupError> {
        let (manifest, _) = self.manifest(id)?;
        into.refuse_unless_suitable(&manifest)?;
        if until.is_some_and(|until| until.0 < manifest.ended_at) {
            let complete = Timestamp(manifest.ended_at);
            return Err(BackupError::Unsuitable(format!(
                "backup {id} was complete only at {complete}: use an older one"
            )));
        }
        let segments = self.segments(&manifest, until)?;
        let as_of = segments.last().map_or(manifest.begun(), |last| last.at.max(manifest.begun()));
        let (beside, until) = (folder.join(RESTORING), until.map(|until| until.0));
        let mut progress = match begun(&beside)? {
            Some(progress) if progress.id == id && progress.until == until => progress,
            Some(progress) => return Err(BackupError::OtherUnfinished(folder.to_owned(), progress.id)),
            None => Progress { id: id.to_owned(), until, ..Progress::default() },
        };
        if !progress.complete {
            refuse_unless_empty(folder)?;
            DirBuilder::new().recursive(true).mode(0o700).create(&beside).map_err(at(&beside))?;
            self.unpack(&manifest, &beside, &mut progress)?;
            self.apply_segments(&manifest, &segments, &beside)?;
            if has_rows(&manifest) {
                self.load(&manifest, &beside, into, &mut progress)?;
            }
            progress.complete = true;
            note(&beside, &progress)?;
        }
        let scratch = self.0.service.get().filter(|_| matches!(into, Target::Scratch) && has_rows(&manifest));
        settle(&manifest, scratch.map(|(_, file)| *file), &beside, folder)?;
        Ok(Restored { manifest, segments: segments.len() as u64, as_of })
    }

    /// Applies what was shipped. Doing it again from the first one comes to the same.
    fn apply_segments(&self, manifest: &Manifest, segments: &[Segment], into: &Path) -> Result<(), BackupError> {
        let (Some(on), Some(part)) = (&manifest.line, manifest.parts.iter().find(|part| part.role == Role::Database))
        else {
            return Ok(());
        };
        let path = into.join(file_of(part)?);
        let database = writable(&path).map_err(at(&path))?;
        self.read_segments(&on.line, segments, &mut |piece| wal::apply(&database, piece).map_err(at(&path)))?;
        database.sync_all().map_err(at(&path))
    }

    fn unpack(&self, manifest: &Manifest, into: &Path, progress: &mut Progress) -> Result<(), BackupError> {
        let reader = self.reader(manifest)?;
        for part in manifest.parts.iter().filter(|part| part.role != Role::Table) {
            let path = into.join(file_of(part)?);
            let mut file = writable(&path).map_err(at(&path))?;
            let done = progress.chunks.get(&key(part)).copied().unwrap_or(0);
            let length = part.chunks.iter().take(done).map(|chunk| chunk.plain).sum();
            // What was written after the last note may be anything.
            file.set_len(length).and_then(|()| file.seek(SeekFrom::Start(length))).map_err(at(&path))?;
            for (n, chunk) in part.chunks.iter().enumerate().skip(done) {
                file.write_all(&reader.read(part, chunk)?).and_then(|()| file.sync_data()).map_err(at(&path))?;
                progress.chunks.insert(key(part), n + 1);
                note(into, progress)?;
            }
            file.sync_all().map_err(at(&path))?;
        }
        apply_logs(manifest, into)
    }

    pub(super) fn reader<'m>(&'m self, manifest: &'m Manifest) -> Result<Reader<'m>, BackupError> {
        let salt = hex::decode(&manifest.salt).unwrap_or_default();
        Ok(Reader::new(self.destination(), manifest, self.0.key.cipher(&salt)?))
    }

    /// Everything that is wrong with the chunks of a backup.
    pub(super) fn damages(&self, manifest: &Manifest) -> Result<Vec<Damage>, BackupError> {
        let (reader, mut damages) = (self.reader(manifest)?, Vec::new());
        for (part, chunk) in manifest.parts.iter().flat_map(|part| part.chunks.iter().map(move |chunk| (part, chunk))) {
            match reader.read(part, chunk) {
                Ok(_) => {}
                Err(BackupError::Damaged(damage)) => damages.push(damage),
                Err(error) => return Err(error),
            }
        }
        Ok(damages)
    }
}

/// Puts the commits of logs into the databases before them. Doing it again comes to the same.
fn apply_logs(manifest: &Manifest, into: &Path) -> Result<(), BackupError> {
    for part in manifest.parts.iter().filter(|part| part.role == Role::Log) {
        let (log, path) = (into.join(file_of(part)?), into.join(&part.name));
        let database = writable(&path).map_err(at(&path))?;
        let piece = File::open(&log).map_err(at(&log))?;
        wal::apply(&database, &mut BufReader::new(piece)).map_err(at(&log))?;
        database.sync_all().map_err(at(&path))?;
    }
    Ok(())
}

/// Moves everything to where it belongs, the database last: where that is, all is.
fn settle(manifest: &Manifest, scratch: Option<&str>, beside: &Path, folder: &Path) -> Result<(), BackupError> {
    let files = |role| manifest.parts.iter().filter(move |part| part.role == role).map(file_of);
    let scratch = scratch.map(|file| Ok(file.to_owned()));
    for name in files(Role::File).chain(files(Role::Database)).chain(scratch) {
        let name = name?;
        let (from, to) = (beside.join(&name), folder.join(&name));
        match fs::rename(&from, &to) {
            // It was moved before.
            Err(error) if error.kind() == ErrorKind::NotFound && to.exists() => {}
            moved => moved.map_err(at(&to))?,
        }
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
    }
    fs::remove_dir_all(beside).map_err(at(beside))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn refuse_unless_empty(folder: &Path) -> Result<(), BackupError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(at(folder))?,
    };
    for entry in entries {
        let name = entry.map_err(at(folder))?.file_name().to_string_lossy().into_owned();
        if !NOTHING.contains(&name.as_str()) {
            return Err(BackupError::NotEmpty(folder.to_owned(), name));
        }
    }
    Ok(())
}

fn begun(beside: &Path) -> Result<Option<Progress>, BackupError> {
    let path = beside.join(PROGRESS);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(&path)(error)),
    }
}

pub(super) fn note(beside: &Path, progress: &Progress) -> Result<(), BackupError> {
    let (path, new) = (beside.join(PROGRESS), beside.join("progress.new"));
    let text = serde_json::to_vec(progress)?;
    let written = writable(&new).and_then(|mut file| {
        file.set_len(0)?;
        file.write_all(&text)?;
        file.sync_data()
    });
    written.and_then(|()| fs::rename(&new, &path)).map_err(at(&path))
}

/// What the part is called in the folder. Manifests are signed; still, none reaches out of it.
fn file_of(part: &Part) -> Result<String, BackupError> {
    let is_plain = !part.name.is_empty() && !part.name.starts_with('.') && !part.name.contains(['/', '\\', '\0']);
    if !is_plain {
        return Err(BackupError::Unsuitable(format!("`{}` is no name of a file", part.name)));
    }
    Ok(if part.role == Role::Log { format!("{}.log", part.name) } else { part.name.clone() })
}

fn key(part: &Part) -> String {
    format!("{:?} {}", part.role, part.name)
}

fn writable(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path: PathBuf = path.to_owned();
    move |error| BackupError::File(path, error)
}
