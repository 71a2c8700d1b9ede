//! Faults of structure: keys of the format, and what YAML allows and a document does not.

use freeagentics_inference::document::Code;

use super::fault::{Edit, Fault, Mend, OWN, misspell};
use super::sites::{children, last, parent};
use super::tree::{Entry, Tree};

/// Keys that are fixed wherever they stand in the fixtures, since no label or name is spelt like them.
const FIXED: [&str; 31] = [
    "freeagentics",
    "factors",
    "controls",
    "modalities",
    "likelihood",
    "transition",
    "preference",
    "prior",
    "agent",
    "tests",
    "states",
    "values",
    "bins",
    "unit",
    "given",
    "by",
    "table",
    "columns",
    "cases",
    "initial",
    "over",
    "policy_length",
    "policies",
    "habits",
    "gamma",
    "selection",
    "idle",
    "then",
    "action",
    "most_likely",
    "beliefs",
];

/// Keys without which what they stand in is not read, each with what else depends on it.
const REQUIRED: [&str; 6] = ["name", "given", "then", "over", "states", "likelihood"];

pub(super) fn faults(document: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    walk(document, "", &mut faults);
    faults
}

fn walk(document: &Tree, pointer: &str, faults: &mut Vec<Fault>) {
    for child in children(document, pointer) {
        if parse_index(last(&child)).is_none() || document.get(pointer).unwrap().items().is_empty() {
            of_key(document, &child, faults);
        }
        if let Some(Tree::Raw(raw)) = document.get(&child) {
            let tagged = Edit::Replace(child.clone(), Tree::Raw(format!("!thing {raw}")));
            faults.push(Fault::new("tag", Code::Tag, &child, tagged).mended(Mend::NotInJson));
        }
        walk(document, &child, faults);
    }
    if is_part(document, pointer) {
        let stranger = format!("frobnicate{OWN}");
        let extra = Edit::Insert(pointer.to_owned(), Entry::new(&stranger, Tree::Raw("1".to_owned())));
        faults.push(Fault::new("key too many", Code::UnknownKey, format!("{pointer}/{stranger}"), extra));
        let merge = Entry { written: Some("<<".to_owned()), ..Entry::new("<<", Tree::Map(Vec::new())) };
        let merge = Fault::new("merge key", Code::MergeKey, pointer, Edit::Insert(pointer.to_owned(), merge));
        faults.push(merge.mended(Mend::NotInJson));
    }
}

fn parse_index(text: &str) -> Option<usize> {
    text.parse().ok()
}

/// A map with fixed keys that is not an end of `then`, where adding a key would be a claim.
fn is_part(document: &Tree, pointer: &str) -> bool {
    let Some(Tree::Map(entries)) = document.get(pointer) else { return false };
    !pointer.contains("/then/")
        && !entries.is_empty()
        && entries.iter().all(|entry| FIXED.contains(&entry.key.as_str()) || entry.key == "name")
}

fn of_key(document: &Tree, at: &str, faults: &mut Vec<Fault>) {
    let key = last(at);
    if FIXED.contains(&key) && is_fixed(at) {
        let wrong = misspell(key);
        let pointer = format!("{}/{wrong}", parent(at));
        let fault = Fault::new("misspelt key", Code::UnknownKey, pointer, Edit::Rename(at.to_owned(), wrong));
        faults.push(fault.mended(Mend::Patch));
    }
    if REQUIRED.contains(&key) && is_fixed(at) && is_required(at) {
        let whole = if key == "likelihood" || key == "name" { at.to_owned() } else { parent(at) };
        let fault = Fault::new("missing key", Code::MissingKey, parent(at), Edit::Remove(at.to_owned()));
        faults.push(fault.touching([whole]));
    }
    let twice = Edit::Insert(parent(at), Entry::new(key, document.get(at).unwrap().clone()));
    faults.push(Fault::new("duplicate key", Code::DuplicateKey, at, twice).mended(Mend::NotInJson));
}

/// Whether a key that is spelt like one of the format stands where the format is meant.
fn is_fixed(at: &str) -> bool {
    let above = parent(at);
    let by_name = ["/factors", "/controls", "/modalities", "/prior", "/preference", "/likelihood", "/transition"];
    let in_names = by_name.contains(&above.as_str());
    !(in_names || at.contains("/columns/") || at.contains("/then/") && parent(&above).ends_with("/then"))
}

fn is_required(at: &str) -> bool {
    match last(at) {
        "given" => at.starts_with("/likelihood") || at.starts_with("/tests"),
        "name" => at == "/name",
        _ => true,
    }
}
