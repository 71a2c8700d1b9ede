//! Faults of tables and distributions.

use freeagentics_inference::document::Code;

use super::fault::{Edit, Fault, Mend};
use super::sites::{Dense, Named, Parts, children, labels, parent, parts, tables};
use super::tree::{Entry, Tree};

pub(super) fn faults(document: &Tree) -> Vec<Fault> {
    let parts = parts(document);
    let mut faults = Vec::new();
    parts.dense.iter().for_each(|dense| of_dense(document, dense, &mut faults));
    parts.distributions.iter().for_each(|named| of_distribution(document, named, &mut faults));
    of_cases(document, &parts, &mut faults);
    of_levels(document, &parts, &mut faults);
    for table in tables(document) {
        let entry = &table.entry;
        let section = parent(entry);
        let (kind, missing) = if section == "/likelihood" {
            ("missing likelihood", Code::MissingLikelihood)
        } else {
            ("missing transition", Code::MissingTransition)
        };
        faults.push(Fault::new(kind, missing, section, Edit::Remove(entry.clone())));
        for key in ["table", "columns"] {
            let other = if key == "table" { "columns" } else { "table" };
            if document.get(&format!("{entry}/{key}")).is_some() {
                // Whichever of the two comes first in the format, the problem is at the other.
                let conflict = Edit::Insert(entry.clone(), Entry::new(other, Tree::text("uniform")));
                let both =
                    Fault::new("two forms of a table", Code::ConflictingKeys, format!("{entry}/columns"), conflict);
                faults.push(both.touching([format!("{entry}/{key}")]));
            }
        }
        let noise = format!("{entry}/noise");
        if document.get(&noise).is_some() {
            faults.push(Fault::new(
                "noise above one",
                Code::OutOfRange,
                &noise,
                Edit::Replace(noise.clone(), Tree::number(1.5)),
            ));
        }
    }
    faults
}

fn of_dense(document: &Tree, dense: &Dense, faults: &mut Vec<Fault>) {
    let at = &dense.pointer;
    let table = document.get(at).unwrap();
    let rows = children(document, at);
    for leaf in leaves(document, &rows[0]) {
        // The same indices below each row.
        let column: Vec<String> = rows.iter().map(|row| leaf.replacen(&rows[0], row, 1)).collect();
        let planted = |kind, code, pointer: &String, edit| {
            Fault::new(kind, code, pointer, edit).touching(column.clone()).needing(dense.needs.clone())
        };
        for entry in &column {
            let sum = planted("column does not sum to one", Code::SumNotOne, &leaf, Edit::Raise(entry.clone()));
            faults.push(sum.mended(Mend::Patch));
            let replace = |raw: &str| Edit::Replace(entry.clone(), Tree::Raw(raw.to_owned()));
            faults.push(planted("negative entry", Code::Negative, entry, replace("-0.25")));
            faults.push(planted("not a number", Code::NotFinite, entry, replace(".nan")));
            faults.push(planted("text for a number", Code::WrongType, entry, replace("\"much\"")));
            let fault =
                planted("percentage", Code::WrongType, entry, Edit::Replace(entry.clone(), percent(document, entry)));
            faults.push(fault.mended(Mend::Patch));
        }
    }
    let shape = |kind, pointer: &str, edit| {
        let needs = dense.axes.iter().chain(&dense.needs).cloned();
        Fault::new(kind, Code::WrongShape, pointer, edit).touching([at.clone()]).needing(needs)
    };
    faults.push(shape("missing row", at, Edit::Shorten(at.clone())));
    for row in rows.iter().filter(|row| !document.get(row).unwrap().items().is_empty()) {
        faults.push(shape("row too short", row, Edit::Shorten(row.clone())));
        faults.push(shape("row too long", row, Edit::Push(row.clone(), document.get(row).unwrap().items()[0].clone())));
    }
    if let Some(transposed) = transposed(table) {
        let square = table.items().len() == table.items()[0].items().len();
        let fault = shape("transposed table", at, Edit::Replace(at.clone(), transposed)).mended(Mend::Patch);
        faults.push(if square { fault.reported_as(Code::Transposed) } else { fault });
    }
}

fn leaves(document: &Tree, pointer: &str) -> Vec<String> {
    if document.get(pointer).unwrap().items().is_empty() {
        return vec![pointer.to_owned()];
    }
    children(document, pointer).iter().flat_map(|child| leaves(document, child)).collect()
}

/// A matrix with its axes swapped, if that shows.
fn transposed(table: &Tree) -> Option<Tree> {
    let rows = table.items();
    let n = rows[0].items().len();
    let is_matrix = n > 0 && rows[0].items()[0].as_number().is_some();
    let sums_to_one = |row: &Tree| (row.items().iter().filter_map(Tree::as_number).sum::<f64>() - 1.0).abs() < 1e-9;
    if !is_matrix || (n == rows.len() && rows.iter().all(sums_to_one)) {
        return None;
    }
    let column = |i: usize| Tree::List(rows.iter().map(|row| row.items()[i].clone()).collect());
    Some(Tree::List((0..n).map(column).collect()))
}

fn of_distribution(document: &Tree, named: &Named, faults: &mut Vec<Fault>) {
    let at = &named.pointer;
    let entries = children(document, at);
    let kind = if matches!(document.get(at), Some(Tree::Map(_))) {
        "distribution by name does not sum to one"
    } else {
        "distribution does not sum to one"
    };
    for entry in entries.iter().filter(|entry| document.get(entry).unwrap().as_number().is_some()) {
        let planted = |kind, code, pointer: &str, edit| {
            Fault::new(kind, code, pointer, edit).touching(entries.clone()).needing(named.needs.clone())
        };
        faults.push(planted(kind, Code::SumNotOne, at, Edit::Raise(entry.clone())).mended(Mend::Patch));
        let share = Edit::Replace(entry.clone(), percent(document, entry));
        faults.push(planted("percentage", Code::WrongType, entry, share).mended(Mend::Patch));
        let negative = Edit::Replace(entry.clone(), Tree::number(-0.5));
        faults.push(planted("negative entry", Code::Negative, entry, negative));
    }
    let needs = || named.needs.iter().cloned().chain([named.axis.clone()]);
    if matches!(document.get(at), Some(Tree::List(_))) {
        let short = Fault::new("row too short", Code::WrongShape, at, Edit::Shorten(at.clone()));
        faults.push(short.needing(needs()));
    }
    let wrong = Edit::Replace(at.clone(), Tree::number(3.0));
    faults.push(Fault::new("number for a distribution", Code::WrongType, at, wrong).needing(needs()));
}

/// A number as a percentage.
fn percent(document: &Tree, entry: &str) -> Tree {
    Tree::text(&format!("{}%", document.get(entry).unwrap().as_number().unwrap() * 100.0))
}

/// Levels of `columns` that somebody forgot to write.
fn of_levels(document: &Tree, parts: &Parts, faults: &mut Vec<Fault>) {
    for named in parts.cases.iter().filter(|named| named.pointer.contains("/columns")) {
        let needs = || named.needs.iter().cloned().chain([named.axis.clone(), outcome(&named.pointer)]);
        let first = children(document, &named.pointer)[0].clone();
        if parts.distributions.iter().any(|end| end.pointer == first) {
            let early = Edit::Replace(named.pointer.clone(), document.get(&first).unwrap().clone());
            let fault = Fault::new("distribution a level too early", Code::WrongType, &named.pointer, early);
            faults.push(fault.needing(needs()).mended(Mend::Patch));
        }
        if named.pointer.ends_with("/columns") {
            let hoist = Edit::Hoist(named.pointer.clone());
            let fault = Fault::new("`columns` forgotten", Code::ConflictingKeys, parent(&named.pointer), hoist);
            faults.push(fault.needing(needs()).mended(Mend::Patch));
        }
    }
}

/// Declaration of what a table is about.
fn outcome(pointer: &str) -> String {
    let mut steps = pointer.split('/').skip(1);
    let kind = if steps.next() == Some("likelihood") { "modalities" } else { "factors" };
    format!("/{kind}/{}", steps.next().unwrap())
}

fn of_cases(document: &Tree, parts: &Parts, faults: &mut Vec<Fault>) {
    for named in &parts.cases {
        let map = document.get(&named.pointer).unwrap();
        let is_complete = map.keys().contains(&"else");
        let spared = labels(document, &named.axis).len() == map.keys().len();
        // One map, one problem, however many cases it leaves out.
        let mark = format!("{}/#missing", named.pointer);
        for case in children(document, &named.pointer).into_iter().filter(|_| spared && !is_complete) {
            let fault = Fault::new("missing case", Code::MissingEntry, &named.pointer, Edit::Remove(case));
            let needs = named.needs.iter().cloned().chain([named.axis.clone()]);
            faults.push(fault.touching([mark.clone()]).needing(needs));
        }
        let wrong = Edit::Replace(named.pointer.clone(), Tree::List(Vec::new()));
        let fault = Fault::new("list for a map", Code::WrongType, &named.pointer, wrong);
        faults.push(fault.needing(named.needs.clone()));
    }
}
