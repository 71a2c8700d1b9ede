//! Faults of names: declared wrongly, misspelt, not quoted.

use freeagentics_inference::document::Code;

use super::fault::{Edit, Fault, Mend, misspell};
use super::sites::{KINDS, children, label_list, labels, last, parent, tables, uses};
use super::tree::Tree;

pub(super) fn faults(document: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    of_declarations(document, &mut faults);
    of_uses(document, &mut faults);
    of_dependencies(document, &mut faults);
    of_references(document, &mut faults);
    faults
}

fn of_declarations(document: &Tree, faults: &mut Vec<Fault>) {
    for declaration in KINDS.iter().flat_map(|kind| children(document, &format!("/{kind}"))) {
        let list = label_list(document, &declaration);
        let labels = labels(document, &declaration);
        if let Some(Tree::List(items)) = document.get(&list) {
            let twice = Edit::Push(list.clone(), items[0].clone());
            let pointer = format!("{list}/{}", items.len());
            faults.push(
                Fault::new("duplicated label", Code::DuplicateLabel, pointer, twice).touching([declaration.clone()]),
            );
            for (i, label) in labels.iter().enumerate().filter(|(_, label)| !is_plain(label)) {
                let item = format!("{list}/{i}");
                let unquoted = Edit::Replace(item.clone(), Tree::Raw(label.clone()));
                faults.push(
                    Fault::new("name without quotes", Code::NameNotQuoted, item, unquoted).mended(Mend::NotInJson),
                );
            }
        }
        let wrong = Edit::Replace(list.clone(), Tree::number(3.0));
        faults.push(
            Fault::new("number for a list of names", Code::WrongType, &list, wrong).touching([declaration.clone()]),
        );
        if list.ends_with("/bins") {
            of_bins(document, &list, faults);
        }
    }
}

/// Whether a label can stand without quotes.
fn is_plain(label: &str) -> bool {
    !["on", "off", "012"].contains(&label)
}

fn of_bins(document: &Tree, bins: &str, faults: &mut Vec<Fault>) {
    let bounds =
        |bin: &str| -> Vec<Option<f64>> { document.get(bin).unwrap().items().iter().map(Tree::as_number).collect() };
    let all = children(document, bins);
    for bin in &all {
        let wide = Edit::Replace(format!("{bin}/0"), Tree::text("wide"));
        faults.push(Fault::new("text for a bound", Code::WrongType, format!("{bin}/0"), wide).touching([bin.clone()]));
        if let [Some(low), Some(high)] = bounds(bin)[..] {
            let swapped = Tree::List(vec![Tree::number(high), Tree::number(low)]);
            faults.push(Fault::new("empty bin", Code::EmptyBin, bin, Edit::Replace(bin.clone(), swapped)));
        }
    }
    for pair in all.windows(2) {
        let (Some(low), below) = (bounds(&pair[1])[0], bounds(&pair[0])[0]) else { continue };
        let mut moved = |kind, code, low: f64| {
            let edit = Edit::Replace(format!("{}/0", pair[1]), Tree::number(low));
            faults.push(Fault::new(kind, code, &pair[1], edit).touching(pair.to_vec()));
        };
        moved("gap between bins", Code::BinGap, low + 0.25);
        moved("overlapping bins", Code::BinOverlap, below.map_or(low - 1.0, |below| (below + low) / 2.0));
    }
}

fn of_uses(document: &Tree, faults: &mut Vec<Fault>) {
    for label in uses(document) {
        let needs = || label.needs.iter().cloned().chain([label.axis.clone()]);
        let at = label.pointer;
        let known =
            if label.is_key { last(&at).to_owned() } else { document.get(&at).unwrap().as_text().unwrap().to_owned() };
        let wrong = misspell(&known);
        let (pointer, edit) = if label.is_key {
            (format!("{}/{wrong}", parent(&at)), Edit::Rename(at.clone(), wrong))
        } else {
            (at.clone(), Edit::Replace(at.clone(), Tree::text(&wrong)))
        };
        let kind = match at.split('/').nth(1) {
            Some("agent") => "unknown value in a plan, a habit or idle",
            Some("tests") => "unknown label in a test",
            Some("prior") => "unknown state in a prior",
            Some("preference") => "unknown label in a preference",
            _ => "unknown label in a table",
        };
        let fault = Fault::new(kind, Code::UnknownLabel, pointer, edit);
        faults.push(fault.needing(needs()).mended(Mend::Patch));
        if !is_plain(&known) {
            let bare = Tree::Raw(known);
            let edit = if label.is_key { Edit::Unquote(at.clone()) } else { Edit::Replace(at.clone(), bare) };
            let fault = Fault::new("name without quotes", Code::NameNotQuoted, at, edit);
            faults.push(fault.needing(needs()).mended(Mend::NotInJson));
        }
    }
}

fn of_dependencies(document: &Tree, faults: &mut Vec<Fault>) {
    for table in tables(document) {
        for key in ["given", "by"] {
            let list = format!("{}/{key}", table.entry);
            let Some(names) = document.get(&list).map(Tree::items).filter(|names| !names.is_empty()) else { continue };
            for (item, name) in children(document, &list).into_iter().zip(names) {
                let edit = Edit::Replace(item.clone(), Tree::text(&misspell(name.as_text().unwrap())));
                let fault = Fault::new("unknown dependency", Code::UnknownName, item, edit).mended(Mend::Patch);
                faults.push(fault.touching([table.entry.clone()]).needing(table.declarations()));
            }
            if let [name] = names {
                let alone = Edit::Replace(list.clone(), name.clone());
                let fault = Fault::new("name for a list of names", Code::WrongType, &list, alone);
                faults.push(fault.mended(Mend::Patch).harmless());
            }
            let mut pushed = |kind, code, name: Tree| {
                let edit = Edit::Push(list.clone(), name);
                let fault = Fault::new(kind, code, format!("{list}/{}", names.len()), edit);
                faults.push(fault.touching([table.entry.clone()]));
            };
            pushed("dependency twice", Code::DuplicateDependency, names[0].clone());
            pushed(
                "modality as a dependency",
                Code::WrongKind,
                Tree::text(document.get("/modalities").unwrap().keys()[0]),
            );
        }
    }
}

/// Names of factors, controls and modalities where they are keys.
fn of_references(document: &Tree, faults: &mut Vec<Fault>) {
    let tests = children(document, "/tests");
    let inner = |key: &str| tests.iter().map(|test| format!("{test}/{key}")).collect::<Vec<_>>();
    let observations = inner("given").iter().flat_map(|given| children(document, given)).collect::<Vec<_>>();
    let sections = ["/likelihood", "/transition", "/prior", "/preference"].map(str::to_owned);
    let maps = [sections.to_vec(), inner("then/most_likely"), inner("then/beliefs"), observations].concat();
    for key in maps.iter().flat_map(|map| children(document, map)) {
        let name = last(&key);
        let is_name = !["joint", "executed", "elapsed"].contains(&name) && parse_index(name).is_none();
        if is_name {
            let wrong = misspell(name);
            let pointer = format!("{}/{wrong}", parent(&key));
            let fault = Fault::new("unknown name", Code::UnknownName, pointer, Edit::Rename(key.clone(), wrong));
            faults.push(fault.mended(Mend::Patch));
        }
    }
}

fn parse_index(text: &str) -> Option<usize> {
    text.parse().ok()
}
