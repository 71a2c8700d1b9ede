//! Telling once more, without their name, what somebody did who is forgotten, where that goes on: who made a key that works, and
//! when, has to be known for as long as the record is, or whoever wants it hidden would have its maker forgotten.
//!
//! What is in the chain cannot be given another name. So it is emptied as everything of theirs is, and what stays of it is an
//! entry of its own, which the chain commits to as to any other.

use serde_json::{Value, json};

use super::{Entry, Named, Officer};
use crate::clock::Timestamp;
use crate::store::{Connection, Result};

/// The action of entries that tell another one once more.
const RESTATE: &str = "audit.restate";

/// Entries that are looked at together.
const PAGE: i64 = 1_000;

/// What somebody did, as it stands in the record.
struct Told {
    seq: i64,
    at: Timestamp,
    action: String,
    subject: String,
    detail: String,
}

/// Tells once more what somebody did to what is there still, under another name. `erasing` is the entry that will say that the
/// rest is erased.
pub(super) fn restate(
    connection: &mut dyn Connection,
    erasing: &Entry<'_>,
    (name, pseudonym): (&str, &str),
    officer: &impl Officer,
) -> Result<()> {
    let (entry, mut last) = (Entry { action: RESTATE, ..erasing.clone() }, 0);
    loop {
        let page = told_after(connection, erasing.workspace, name, last)?;
        let Some(end) = page.last() else { return Ok(()) };
        last = end.seq;
        for Told { seq, at, action, subject, detail } in &page {
            if officer.stays(connection, &Named::Done(action, subject))? {
                let mut detail = serde_json::from_str(detail).unwrap_or(Value::Null);
                rename(&mut detail, name, pseudonym);
                let told = json!({ "entry": seq, "at": at.to_string(), "action": action, "by": pseudonym,
                                   "detail": detail });
                entry.write(connection, subject, &told)?;
            }
        }
    }
}

fn told_after(connection: &mut dyn Connection, workspace: i64, name: &str, last: i64) -> Result<Vec<Told>> {
    let sql = "SELECT seq, at, action, subject, detail FROM audit_entries WHERE workspace = $1 AND principal = $2 \
               AND seq > $3 AND salt IS NOT NULL AND action <> $4 AND action <> $5 ORDER BY seq LIMIT $6";
    let values = [workspace.into(), name.into(), last.into(), super::erase::ERASE.into(), RESTATE.into(), PAGE.into()];
    let told = |mut row: crate::store::Row| {
        let (seq, at) = (row.int(0)?, Timestamp(row.int(1)?));
        Ok(Told { seq, at, action: row.text(2)?, subject: row.text(3)?, detail: row.text(4)? })
    };
    connection.query(sql, &values)?.into_iter().map(told).collect()
}

/// Puts the other name in every place of theirs.
fn rename(value: &mut Value, name: &str, pseudonym: &str) {
    match value {
        Value::String(text) if text == name => pseudonym.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, name, pseudonym)),
        Value::Object(members) => members.iter_mut().for_each(|(_, member)| rename(member, name, pseudonym)),
        _ => {}
    }
}
