//! JSON lines: all that verification needs, one entry or checkpoint a line.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::audit::chain::{Content, Link};
use crate::clock::Timestamp;
use crate::hex;

/// A line of an export.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    /// A checkpoint, as it was signed. All checkpoints come first.
    Signed(Box<RawValue>),
    /// An entry. Those of a workspace follow each other in their order.
    Entry(EntryLine),
}

/// An entry, bytes in hexadecimal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryLine {
    workspace: i64,
    seq: u64,
    /// Milliseconds since 1970.
    at: i64,
    action: String,
    principal: Option<String>,
    subject: Option<String>,
    detail: Option<Box<RawValue>>,
    salt: Option<String>,
    commitment: String,
    hash: String,
}

impl Line {
    /// The line of an entry.
    ///
    /// # Errors
    /// If its detail is not JSON, which no entry was written with.
    pub fn of_entry(link: &Link) -> serde_json::Result<Self> {
        let content = link.content.as_ref();
        let detail = content.map(|content| RawValue::from_string(content.detail.clone())).transpose()?;
        Ok(Self::Entry(EntryLine {
            workspace: link.workspace,
            seq: link.seq,
            at: link.at.0,
            action: link.action.clone(),
            principal: content.map(|content| content.principal.clone()),
            subject: content.map(|content| content.subject.clone()),
            detail,
            salt: content.map(|content| hex::encode(&content.salt)),
            commitment: hex::encode(&link.commitment),
            hash: hex::encode(&link.hash),
        }))
    }

    /// The line of a checkpoint.
    ///
    /// # Errors
    /// If it is not JSON, which no checkpoint was written as.
    pub fn of_checkpoint(line: String) -> serde_json::Result<Self> {
        RawValue::from_string(line).map(Self::Signed)
    }
}

impl EntryLine {
    pub(in crate::audit) fn place(&self) -> (i64, u64) {
        (self.workspace, self.seq)
    }

    /// The entry; nothing if the line is none that was written.
    pub(in crate::audit) fn link(self) -> Option<Link> {
        let content = match (self.principal, self.subject, self.detail, self.salt) {
            (None, None, None, None) => None,
            (Some(principal), Some(subject), Some(detail), Some(salt)) => {
                let (detail, salt) = (detail.get().to_owned(), bytes(&salt)?);
                Some(Content { principal, subject, detail, salt })
            }
            _ => return None,
        };
        Some(Link {
            workspace: self.workspace,
            seq: self.seq,
            at: Timestamp(self.at),
            action: self.action,
            content,
            commitment: bytes(&self.commitment)?,
            hash: bytes(&self.hash)?,
        })
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text)?.try_into().ok()
}
