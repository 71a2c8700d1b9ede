//! Where a session is kept.

use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde_json::{Map, Value};

use super::Session;
use crate::client::segment;

/// Why a session is not kept, or not taken from where it is kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unkept {
    /// Nobody said where settings are.
    #[error("there is no folder to keep a session in")]
    Nowhere,
    /// Others can read it, or what it says is not theirs to say.
    #[error("others on this machine can read {}", .0.display())]
    Public(PathBuf),
    /// It says something else than was written.
    #[error("{} is not what was written there", .0.display())]
    Damaged(PathBuf),
    /// It cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    Unusable(PathBuf, io::Error),
}

impl Unkept {
    /// What to do about it.
    pub(crate) fn mend(&self) -> String {
        match self {
            Self::Nowhere => "set HOME or XDG_CONFIG_HOME, or use an API key".to_owned(),
            Self::Public(path) => {
                format!(
                    "delete {}, sign in again, and have the old session ended: freeagentics users sign-out EMAIL",
                    path.display()
                )
            }
            Self::Damaged(path) => format!("delete {} and sign in again: freeagentics sign-in", path.display()),
            Self::Unusable(..) => "see that the folder is yours and has room, or use an API key".to_owned(),
        }
    }
}

/// The place of the session with one server.
#[derive(Clone, Debug)]
pub(crate) struct Kept(PathBuf);

/// The same while nobody else changes it.
pub(super) struct Locked<'k> {
    kept: &'k Kept,
    /// Ends with the file.
    _lock: File,
}

impl Kept {
    /// The place for the server at this address.
    pub(crate) fn of(server: &str) -> Result<Self, Unkept> {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // A relative path would be another one in each folder.
        let settings = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        let settings = settings.or_else(|| set("HOME").map(|home| home.join(".config"))).ok_or(Unkept::Nowhere)?;
        Ok(Self(settings.join("freeagentics/sessions").join(segment(server)).with_added_extension("json")))
    }

    /// The session, if one was kept.
    pub(crate) fn read(&self) -> Result<Option<Session>, Unkept> {
        let unusable = |error| Unkept::Unusable(self.0.clone(), error);
        let mode = match fs::metadata(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found.map_err(unusable)?.mode(),
        };
        if mode & 0o077 != 0 {
            return Err(Unkept::Public(self.0.clone()));
        }
        let text = fs::read_to_string(&self.0).map_err(unusable)?;
        let document: Option<Map<String, Value>> = serde_json::from_str(&text).ok();
        let session = document.as_ref().and_then(Session::read);
        session.map(Some).ok_or_else(|| Unkept::Damaged(self.0.clone()))
    }

    /// Keeps this session in the place of another.
    pub(crate) fn write(&self, session: &Session) -> Result<(), Unkept> {
        self.lock()?.write(session)
    }

    /// Changes what is kept, if anything is; who it is of.
    pub(crate) fn change(&self, change: impl FnOnce(Session) -> Session) -> Result<Option<String>, Unkept> {
        let place = self.lock()?;
        let Some(session) = place.read()? else { return Ok(None) };
        let email = session.email.clone();
        place.write(&change(session)).map(|()| Some(email))
    }

    /// Waits until nobody else changes it.
    pub(super) fn lock(&self) -> Result<Locked<'_>, Unkept> {
        let unusable = |error| Unkept::Unusable(self.0.clone(), error);
        let folder = self.0.parent().unwrap_or(Path::new("/"));
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
        let lock = private(&self.0.with_extension("lock")).map_err(unusable)?;
        flock(&lock, FlockOperation::LockExclusive).map_err(|error| unusable(error.into()))?;
        Ok(Locked { kept: self, _lock: lock })
    }
}

impl Locked<'_> {
    pub(super) fn read(&self) -> Result<Option<Session>, Unkept> {
        self.kept.read()
    }

    /// Whoever reads meanwhile reads all of the old one or all of the new one.
    pub(super) fn write(&self, session: &Session) -> Result<(), Unkept> {
        let (path, next) = (&self.kept.0, self.kept.0.with_extension("new"));
        let written = anew(&next).and_then(|mut file| {
            file.write_all(session.document().to_string().as_bytes())?;
            // What was taken for the token of before is lost if the machine stops now.
            file.sync_all()?;
            fs::rename(&next, path)
        });
        written.map_err(|error| Unkept::Unusable(path.clone(), error))
    }
}

/// A file that was not there: one that somebody else has put there has their mode, or leads elsewhere.
fn anew(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// A file of one's own.
fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}
