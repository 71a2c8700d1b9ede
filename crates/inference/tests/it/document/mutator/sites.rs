//! Where in a document something can go wrong: its tables, its distributions, and every use of a label.

use super::tree::Tree;

pub(super) const KINDS: [&str; 3] = ["factors", "controls", "modalities"];

/// The declaration of a name.
pub(super) fn declaration(document: &Tree, name: &str) -> Option<String> {
    KINDS.iter().map(|kind| format!("/{kind}/{name}")).find(|pointer| document.get(pointer).is_some())
}

/// The list (or map of bins) with the labels of a declaration.
pub(super) fn label_list(document: &Tree, declaration: &str) -> String {
    let inner = ["states", "values", "bins"].iter().map(|key| format!("{declaration}/{key}"));
    inner.into_iter().find(|pointer| document.get(pointer).is_some()).unwrap_or_else(|| declaration.to_owned())
}

pub(super) fn labels(document: &Tree, declaration: &str) -> Vec<String> {
    let list = document.get(&label_list(document, declaration)).unwrap();
    let items = list.items().iter().filter_map(Tree::as_text).map(str::to_owned);
    list.keys().into_iter().map(str::to_owned).chain(items).collect()
}

/// The declaration of the only control.
pub(super) fn only_control(document: &Tree) -> Option<String> {
    match document.get("/controls")?.keys().as_slice() {
        [name] => Some(format!("/controls/{name}")),
        _ => None,
    }
}

/// Pointers to the children of a list or map.
pub(super) fn children(document: &Tree, pointer: &str) -> Vec<String> {
    let Some(tree) = document.get(pointer) else { return Vec::new() };
    let keys = tree.keys().into_iter().map(str::to_owned);
    keys.chain((0..tree.items().len()).map(|i| i.to_string())).map(|step| format!("{pointer}/{step}")).collect()
}

pub(super) fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap()
}

pub(super) fn parent(pointer: &str) -> String {
    pointer.rsplit_once('/').unwrap().0.to_owned()
}

/// An entry of `likelihood` or `transition`.
pub(super) struct Table {
    pub(super) entry: String,
    /// Declaration of the outcome.
    pub(super) outcome: String,
    /// Declarations of what it depends on, in the order of the document.
    pub(super) dependencies: Vec<String>,
}

impl Table {
    /// Every place whose faults would hide others in this table.
    pub(super) fn needs(&self) -> Vec<String> {
        vec![format!("{}/given", self.entry), format!("{}/by", self.entry)]
    }

    pub(super) fn declarations(&self) -> Vec<String> {
        self.dependencies.iter().chain([&self.outcome]).cloned().collect()
    }
}

pub(super) fn tables(document: &Tree) -> Vec<Table> {
    let mut tables = Vec::new();
    for (section, kind) in [("likelihood", "modalities"), ("transition", "factors")] {
        for entry in children(document, &format!("/{section}")) {
            let outcome = format!("/{kind}/{}", last(&entry));
            let names = |key: &str| -> Option<Vec<String>> {
                let items = document.get(&format!("{entry}/{key}"))?.items();
                items.iter().map(|item| declaration(document, item.as_text()?)).collect()
            };
            let own = if section == "transition" { vec![outcome.clone()] } else { Vec::new() };
            let dependencies = [names("given").unwrap_or(own), names("by").unwrap_or_default()].concat();
            tables.push(Table { entry, outcome, dependencies });
        }
    }
    tables
}

/// A nested list of numbers.
pub(super) struct Dense {
    pub(super) pointer: String,
    /// Declarations of its axes.
    pub(super) axes: Vec<String>,
    pub(super) needs: Vec<String>,
}

/// A map by name, or what stands at its ends.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) pointer: String,
    /// Declaration of the labels that are its keys, or that it is a distribution over.
    pub(super) axis: String,
    pub(super) needs: Vec<String>,
}

/// The parts of all tables.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) dense: Vec<Dense>,
    /// Maps whose keys are cases.
    pub(super) cases: Vec<Named>,
    /// Ends of `columns`, and priors.
    pub(super) distributions: Vec<Named>,
}

pub(super) fn parts(document: &Tree) -> Parts {
    let mut parts = Parts::default();
    for table in tables(document) {
        let (controls, factors): (Vec<String>, Vec<String>) =
            table.dependencies.iter().cloned().partition(|declaration| declaration.starts_with("/controls"));
        parts.form(document, &table, &table.entry, &table.dependencies);
        parts.named(document, &table, &format!("{}/cases", table.entry), &controls, &mut |parts, pointer| {
            parts.form(document, &table, pointer, &factors);
        });
    }
    for pointer in children(document, "/prior") {
        let axis = format!("/factors/{}", last(&pointer));
        parts.distributions.push(Named { pointer, axis, needs: Vec::new() });
    }
    parts
}

impl Parts {
    fn form(&mut self, document: &Tree, table: &Table, at: &str, open: &[String]) {
        let pointer = format!("{at}/table");
        if document.get(&pointer).is_some_and(|tree| matches!(tree, Tree::List(_))) {
            let axes = [std::slice::from_ref(&table.outcome), open].concat();
            self.dense.push(Dense { pointer, axes, needs: table.needs() });
        }
        self.named(document, table, &format!("{at}/columns"), open, &mut |parts, pointer| {
            let named = Named { pointer: pointer.to_owned(), axis: table.outcome.clone(), needs: table.needs() };
            parts.distributions.push(named);
        });
    }

    fn named(
        &mut self,
        document: &Tree,
        table: &Table,
        at: &str,
        open: &[String],
        end: &mut dyn FnMut(&mut Self, &str),
    ) {
        if document.get(at).is_none() {
            return;
        }
        let Some((axis, inner)) = open.split_first() else { return end(self, at) };
        self.cases.push(Named { pointer: at.to_owned(), axis: axis.clone(), needs: table.needs() });
        for child in children(document, at) {
            self.named(document, table, &child, inner, end);
        }
    }
}

/// A place where a label is used, as a key or as a text.
pub(super) struct Use {
    pub(super) pointer: String,
    pub(super) is_key: bool,
    pub(super) axis: String,
    pub(super) needs: Vec<String>,
}

/// Every use of a label.
pub(super) fn uses(document: &Tree) -> Vec<Use> {
    let mut uses = Uses { document, found: Vec::new() };
    let parts = parts(document);
    parts.cases.iter().for_each(|named| uses.keys(named));
    parts.distributions.iter().for_each(|named| uses.distribution(named));
    uses.preferences();
    uses.agent();
    uses.tests();
    uses.found
}

struct Uses<'d> {
    document: &'d Tree,
    found: Vec<Use>,
}

impl Uses<'_> {
    fn add(&mut self, pointer: String, is_key: bool, axis: &str, needs: &[String]) {
        self.found.push(Use { pointer, is_key, axis: axis.to_owned(), needs: needs.to_vec() });
    }

    fn keys(&mut self, named: &Named) {
        if !matches!(self.document.get(&named.pointer), Some(Tree::Map(_))) {
            return;
        }
        for pointer in children(self.document, &named.pointer) {
            if last(&pointer) != "else" {
                self.add(pointer, true, &named.axis, &named.needs);
            }
        }
    }

    fn distribution(&mut self, named: &Named) {
        self.keys(named);
        match self.document.get(&named.pointer) {
            Some(tree) if tree.as_text().is_some_and(|text| text != "uniform") => {
                self.add(named.pointer.clone(), false, &named.axis, &named.needs);
            }
            _ => {}
        }
    }

    /// A value, a list of values, or either by control.
    fn action(&mut self, pointer: &str) {
        let named = children(self.document, pointer);
        let is_map = matches!(self.document.get(pointer), Some(Tree::Map(_)));
        let by_control = named.into_iter().map(|child| (format!("/controls/{}", last(&child)), child));
        let alone = only_control(self.document).map(|control| (control, pointer.to_owned()));
        for (control, at) in by_control.filter(|_| is_map).chain(alone.filter(|_| !is_map)) {
            for pointer in children(self.document, &at).into_iter().chain([at]) {
                if self.document.get(&pointer).is_some_and(|tree| tree.as_text().is_some()) {
                    self.add(pointer, false, &control, &["/controls".to_owned()]);
                }
            }
        }
    }

    fn preferences(&mut self) {
        for pointer in children(self.document, "/preference") {
            if last(&pointer) == "joint" {
                children(self.document, &pointer).iter().for_each(|joint| self.joint(joint));
            } else {
                let axis = declaration(self.document, last(&pointer)).unwrap();
                self.keys(&Named { pointer, axis, needs: Vec::new() });
            }
        }
    }

    fn joint(&mut self, joint: &str) {
        let over = self.document.get(&format!("{joint}/over")).unwrap().items();
        let mut maps = vec![format!("{joint}/values")];
        for name in over {
            let axis = declaration(self.document, name.as_text().unwrap()).unwrap();
            for pointer in std::mem::take(&mut maps) {
                maps.extend(children(self.document, &pointer));
                self.keys(&Named { pointer, axis: axis.clone(), needs: vec![format!("{joint}/over")] });
            }
        }
    }

    fn agent(&mut self) {
        self.action("/agent/idle");
        children(self.document, "/likelihood").iter().for_each(|entry| self.action(&format!("{entry}/initial")));
        let plans = children(self.document, "/agent/policies");
        let steps = plans.iter().flat_map(|plan| children(self.document, plan)).collect::<Vec<_>>();
        steps.iter().for_each(|step| self.action(step));
        if let Some(axis) = only_control(self.document) {
            self.keys(&Named { pointer: "/agent/habits".to_owned(), axis, needs: vec!["/controls".to_owned()] });
        }
    }

    fn tests(&mut self) {
        for test in children(self.document, "/tests") {
            for observation in children(self.document, &format!("{test}/given")) {
                for pointer in children(self.document, &observation) {
                    match last(&pointer) {
                        "executed" => self.action(&pointer),
                        "elapsed" => {}
                        name => {
                            let axis = format!("/modalities/{name}");
                            self.distribution(&Named { pointer, axis, needs: Vec::new() });
                        }
                    }
                }
            }
            self.action(&format!("{test}/then/action"));
            self.action(&format!("{test}/then/not"));
            for pointer in children(self.document, &format!("{test}/then/most_likely")) {
                let axis = format!("/factors/{}", last(&pointer));
                self.add(pointer, false, &axis, &[]);
            }
            for pointer in children(self.document, &format!("{test}/then/beliefs")) {
                let axis = format!("/factors/{}", last(&pointer));
                self.keys(&Named { pointer, axis, needs: Vec::new() });
            }
        }
    }
}
