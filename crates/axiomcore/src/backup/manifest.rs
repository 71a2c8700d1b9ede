//! What is in a backup, signed.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Damage, Key, OnLine};
use crate::clock::Timestamp;
use crate::hex;

/// The format that this program writes, and the only one so far.
pub(super) const FORMAT: u32 = 1;

/// What a backup says of itself. Everybody who may read the destination can read it; nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of all of this.
    pub format: u32,
    /// Its name, which begins with the time.
    pub id: String,
    /// Its place in the order of all backups at this destination, from 1.
    pub number: u64,
    /// SHA-256 of the manifest before it, in hexadecimal digits.
    pub previous: Option<String>,
    /// The public key of who signed.
    pub key: String,
    /// What the cipher of its chunks is derived with, in hexadecimal digits.
    pub salt: String,
    /// The product, such as `freeagentics`.
    pub product: String,
    /// Its version.
    pub version: String,
    /// `sqlite` or `postgresql`.
    pub database: String,
    /// The version of the schema of each component.
    pub schema: BTreeMap<String, i64>,
    /// The last row of the service's own log that is in it for certain.
    pub log: u64,
    /// Where the chains of the audit end in it, or before.
    pub audit: Vec<AuditHead>,
    /// When it was begun, in milliseconds since 1970. What was committed before that is in it.
    pub begun_at: i64,
    /// When it was complete.
    pub ended_at: i64,
    /// What was shipped since, if somebody ships.
    #[serde(default)]
    pub line: Option<OnLine>,
    /// What is in it, in the order in which it is restored.
    pub parts: Vec<Part>,
}

/// Where a chain of the audit ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// The workspace whose chain it is.
    pub workspace: i64,
    /// The number of the entry.
    pub seq: u64,
    /// Its hash, in hexadecimal digits.
    pub hash: String,
}

/// A part of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is.
    pub role: Role,
    /// The name of the file or table.
    pub name: String,
    /// How long it is, in bytes.
    pub length: u64,
    /// The columns of a table, in the order in which they are in each row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// Its chunks, in order.
    pub chunks: Vec<Chunk>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub kind: Kind,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Whole numbers of 64 bits.
    Integer,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A file beside the database, as it was.
    File,
    /// The file of a SQLite database; the log that follows belongs over it.
    Database,
    /// Commits that belong into the database before it.
    Log,
    /// The rows of a table of a PostgreSQL database, as its binary `COPY` sends them.
    Table,
}

/// A piece of a part, stored under a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chunk {
    /// Its number within the backup.
    pub number: u64,
    /// Its length when it is opened.
    pub plain: u64,
    /// Its length as it is stored.
    pub stored: u64,
    /// SHA-256 of it as it is stored, in hexadecimal digits.
    pub sha256: String,
}

/// That a backup was restored and proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// Which one.
    pub id: String,
    /// SHA-256 of its manifest.
    pub manifest: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// How long it took to restore and to prove, in milliseconds.
    pub took: u64,
    /// How many rows of the service's own log were gone through.
    pub rows: u64,
}

impl Manifest {
    /// How much is stored, in bytes.
    pub fn stored(&self) -> u64 {
        self.chunks().map(|chunk| chunk.stored).sum()
    }

    /// How much it is when it is restored, in bytes.
    pub fn plain(&self) -> u64 {
        self.parts.iter().map(|part| part.length).sum()
    }

    /// When it was begun.
    pub const fn begun(&self) -> Timestamp {
        Timestamp(self.begun_at)
    }

    pub(super) fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.parts.iter().flat_map(|part| &part.chunks)
    }
}

impl Verified {
    /// When.
    pub const fn when(&self) -> Timestamp {
        Timestamp(self.at)
    }
}

/// SHA-256 in hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes))
}

/// A statement as it is stored: a line of JSON, and a line with the signature.
pub(super) fn signed<T: Serialize>(statement: &T, key: &Key) -> Result<Vec<u8>, serde_json::Error> {
    let text = serde_json::to_string(statement)?;
    let signature = key.sign(text.as_bytes());
    Ok(format!("{text}\n{signature}\n").into_bytes())
}

/// Who signed a statement, by itself.
#[derive(Deserialize)]
struct Signer {
    #[serde(default)]
    format: u32,
    key: Option<String>,
}

/// A statement that was stored under an id. What it says is believed only after the signature.
pub(super) fn read<T: DeserializeOwned>(id: &str, bytes: &[u8], key: &Key) -> Result<T, Damage> {
    let altered = || Damage::ManifestAltered { id: id.to_owned() };
    let text = std::str::from_utf8(bytes).map_err(|_| altered())?;
    let (statement, signature) = text.split_once('\n').ok_or_else(altered)?;
    let signature = signature.strip_suffix('\n').ok_or_else(altered)?;
    if !key.is_signed(statement.as_bytes(), signature) {
        // Only for the message: whoever alters it may say what they like here.
        let signer: Option<Signer> = serde_json::from_str(statement).ok();
        let other = signer.and_then(|signer| signer.key).filter(|other| other != key.public());
        return Err(other.map_or_else(altered, |other| Damage::OtherKey { id: id.to_owned(), key: other }));
    }
    let format = serde_json::from_str::<Signer>(statement).map_or(0, |signer| signer.format);
    if format > FORMAT {
        return Err(Damage::Format { id: id.to_owned(), format });
    }
    serde_json::from_str(statement).map_err(|_| altered())
}
