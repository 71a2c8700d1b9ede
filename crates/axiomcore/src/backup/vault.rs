//! A destination, and the key to what lies there.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::manifest::{self, digest};
use super::{Damage, Destination, DestinationError, Key, Manifest, NoKey, Restorable, Verified};
use crate::clock::Clock;
use crate::entropy::{Entropy, Unavailable};
use crate::store;

/// Where backups are, with what they are sealed under. Clones are the same. All of it blocks.
#[derive(Clone)]
pub struct Vault(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) destination: Box<dyn Destination>,
    pub(super) key: Key,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    /// What makes tables for rows, and what the file of a SQLite database with them is called.
    pub(super) service: OnceLock<(Arc<dyn Restorable>, &'static str)>,
}

/// Why something about a backup was not done.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The destination failed, or somebody else is at it.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
    /// The key is none.
    #[error(transparent)]
    Key(#[from] NoKey),
    /// A file of the installation cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// Something could not be compressed.
    #[error("compression failed: {0}")]
    Compression(std::io::Error),
    /// Something could not be sealed.
    #[error("sealing failed")]
    Sealing,
    /// What was to be written is no JSON.
    #[error(transparent)]
    Statement(#[from] serde_json::Error),
    /// The backup is not as it was written.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// Nobody has said where they are to be.
    #[error("no place for backups is configured: set backup.folder and backup.key_file")]
    NotConfigured,
    /// There is something where a backup would be restored.
    #[error("{0} is not empty ({1} is there): a backup is restored into an empty folder only")]
    NotEmpty(PathBuf, String),
    /// There is something in the database that a backup would be restored into.
    #[error("the database is not empty ({0} is there): a backup is restored into an empty one only")]
    ServerNotEmpty(String),
    /// A restore of another backup was not finished there.
    #[error("in {0} the restore of backup {1} was not finished: finish that one, or remove the folder")]
    OtherUnfinished(PathBuf, String),
    /// A backup cannot be restored here.
    #[error("{0}")]
    Unsuitable(String),
}

impl Vault {
    /// A destination, and the key to it.
    pub fn new(destination: Box<dyn Destination>, key: Key, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self(Arc::new(Inner { destination, key, clock, entropy, service: OnceLock::new() }))
    }

    /// With what makes the tables that rows of a server are restored into; `file` is what a SQLite database with them is
    /// called.
    #[must_use]
    pub fn knowing(self, service: Arc<dyn Restorable>, file: &'static str) -> Self {
        // It is told once, where it is made.
        let _ = self.0.service.set((service, file));
        self
    }

    pub(super) fn destination(&self) -> &dyn Destination {
        self.0.destination.as_ref()
    }

    /// The public key that its backups are signed with.
    pub fn public_key(&self) -> &str {
        self.0.key.public()
    }

    /// A manifest with its digest, if it is what it should be.
    pub(super) fn manifest(&self, id: &str) -> Result<(Manifest, String), BackupError> {
        let Some(bytes) = self.destination().get(&manifest_name(id))? else {
            return Err(Damage::ManifestMissing { id: id.to_owned() }.into());
        };
        let read: Manifest = manifest::read(id, &bytes, &self.0.key)?;
        if read.id != id {
            return Err(Damage::ManifestOfAnother { id: id.to_owned(), found: read.id }.into());
        }
        Ok((read, digest(&bytes)))
    }

    /// When a backup was last verified, if it was, and as it is now.
    pub(super) fn verified(&self, id: &str, manifest: &str) -> Result<Option<Verified>, BackupError> {
        let Some(bytes) = self.destination().get(&verified_name(id))? else { return Ok(None) };
        // One that is damaged, or of another manifest, says nothing.
        let read: Option<Verified> = manifest::read(id, &bytes, &self.0.key).ok();
        Ok(read.filter(|verified| verified.id == id && verified.manifest == manifest))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({:?})", self.0.destination)
    }
}

pub(super) const MANIFESTS: &str = "manifests";

pub(super) fn manifest_name(id: &str) -> String {
    format!("{MANIFESTS}/{id}.json")
}

/// Where it is noted which backups were begun.
pub(super) const UNFINISHED: &str = "begun";

pub(super) fn unfinished_name(id: &str) -> String {
    format!("{UNFINISHED}/{id}")
}

pub(super) fn verified_name(id: &str) -> String {
    format!("verified/{id}.json")
}

pub(super) fn chunks_folder(id: &str) -> String {
    format!("chunks/{id}")
}

pub(super) fn chunk_name(id: &str, number: u64) -> String {
    format!("chunks/{id}/{number:06}")
}
