//! JSON Patch (RFC 6902), as far as mending a document needs it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One operation of a JSON Patch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchOp {
    /// Put a value where there was none.
    Add {
        /// Where.
        path: String,
        /// The value.
        value: Value,
    },
    /// Put another value in the place of one.
    Replace {
        /// Where.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Take a value out.
    Remove {
        /// Where.
        path: String,
    },
    /// Take a value to another place.
    Move {
        /// Where it stands.
        from: String,
        /// Where it shall stand.
        path: String,
    },
}

impl PatchOp {
    /// The pointers of it, for a document that has become part of another.
    pub fn places(&mut self) -> impl Iterator<Item = &mut String> {
        let (path, from) = match self {
            Self::Add { path, .. } | Self::Replace { path, .. } | Self::Remove { path } => (path, None),
            Self::Move { from, path } => (path, Some(from)),
        };
        from.into_iter().chain([path])
    }
}

/// The document after these operations; `None` when one of them does not fit it.
pub(super) fn apply(document: &Value, operations: &[PatchOp]) -> Option<Value> {
    let mut mended = document.clone();
    for operation in operations {
        match operation {
            PatchOp::Add { path, value } => add(&mut mended, path, value.clone())?,
            PatchOp::Replace { path, value } => *mended.pointer_mut(path)? = value.clone(),
            PatchOp::Remove { path } => drop(remove(&mut mended, path)?),
            PatchOp::Move { from, path } => {
                let value = remove(&mut mended, from)?;
                add(&mut mended, path, value)?;
            }
        }
    }
    Some(mended)
}

fn add(document: &mut Value, path: &str, value: Value) -> Option<()> {
    let (parent, last) = split(path)?;
    match document.pointer_mut(parent)? {
        Value::Object(map) => {
            map.insert(last, value);
        }
        Value::Array(list) if last == "-" => list.push(value),
        Value::Array(list) => {
            let index = last.parse().ok().filter(|&index| index <= list.len())?;
            list.insert(index, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(document: &mut Value, path: &str) -> Option<Value> {
    let (parent, last) = split(path)?;
    match document.pointer_mut(parent)? {
        Value::Object(map) => map.shift_remove(&last),
        Value::Array(list) => {
            let index = last.parse().ok().filter(|&index: &usize| index < list.len())?;
            Some(list.remove(index))
        }
        _ => None,
    }
}

fn split(path: &str) -> Option<(&str, String)> {
    let (parent, last) = path.rsplit_once('/')?;
    Some((parent, last.replace("~1", "/").replace("~0", "~")))
}

/// The operation that puts another value in the place of one.
pub(super) fn replace(path: String, value: impl Into<Value>) -> Vec<PatchOp> {
    vec![PatchOp::Replace { path, value: value.into() }]
}
