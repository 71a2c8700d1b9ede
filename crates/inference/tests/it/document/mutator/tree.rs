//! A document that can be broken in ways that no JSON value could be, and written as YAML or JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

#[derive(Clone, Debug)]
pub(super) enum Tree {
    /// A scalar as it is written in JSON; what YAML only has is written verbatim.
    Raw(String),
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    /// The key as it is written, if not as the key in quotes.
    pub(super) written: Option<String>,
    pub(super) value: Tree,
}

impl Entry {
    pub(super) fn new(key: &str, value: Tree) -> Self {
        Self { key: key.to_owned(), written: None, value }
    }
}

impl From<&Value> for Tree {
    fn from(value: &Value) -> Self {
        match value {
            Value::Array(items) => Tree::List(items.iter().map(Tree::from).collect()),
            Value::Object(map) => Tree::Map(map.iter().map(|(key, value)| Entry::new(key, value.into())).collect()),
            scalar => Tree::Raw(scalar.to_string()),
        }
    }
}

impl Tree {
    pub(super) fn text(text: &str) -> Self {
        Tree::Raw(format!("{text:?}"))
    }

    pub(super) fn number(number: f64) -> Self {
        Tree::Raw(number.to_string())
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        let Tree::Raw(raw) = self else { return None };
        raw.strip_prefix('"')?.strip_suffix('"')
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        let Tree::Raw(raw) = self else { return None };
        raw.parse().ok()
    }

    pub(super) fn items(&self) -> &[Tree] {
        if let Tree::List(items) = self { items } else { &[] }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        if let Tree::Map(entries) = self { entries } else { &[] }
    }

    pub(super) fn keys(&self) -> Vec<&str> {
        self.entries().iter().map(|entry| entry.key.as_str()).collect()
    }

    pub(super) fn get(&self, pointer: &str) -> Option<&Tree> {
        steps(pointer).try_fold(self, |tree, step| match tree {
            Tree::List(items) => items.get(step.parse::<usize>().ok()?),
            Tree::Map(entries) => entries.iter().find(|entry| entry.key == step).map(|entry| &entry.value),
            Tree::Raw(_) => None,
        })
    }

    pub(super) fn get_mut(&mut self, pointer: &str) -> &mut Tree {
        steps(pointer).fold(self, |tree, step| match tree {
            Tree::List(items) => &mut items[step.parse::<usize>().unwrap()],
            Tree::Map(entries) => &mut entries.iter_mut().find(|entry| entry.key == step).unwrap().value,
            Tree::Raw(_) => panic!("nothing at {pointer}"),
        })
    }

    /// The entry of a map that holds this value.
    pub(super) fn entry_mut(&mut self, pointer: &str) -> (&mut Vec<Entry>, usize) {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let Tree::Map(entries) = self.get_mut(parent) else { panic!("{parent} is no map") };
        let index = entries.iter().position(|entry| entry.key == key).unwrap();
        (entries, index)
    }

    /// The document as JSON, without what there is only in YAML. Of keys that come twice the first counts.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Tree::Raw(raw) => {
                let untagged =
                    raw.split_once(' ').filter(|(tag, _)| tag.starts_with('!')).map_or(&**raw, |(_, raw)| raw);
                serde_json::from_str(untagged).unwrap_or_else(|_| untagged.into())
            }
            Tree::List(items) => items.iter().map(Tree::to_json).collect(),
            Tree::Map(entries) => {
                let mut map = serde_json::Map::new();
                for entry in entries.iter().filter(|entry| entry.key != "<<") {
                    map.entry(entry.key.clone()).or_insert_with(|| entry.value.to_json());
                }
                map.into()
            }
        }
    }

    pub(super) fn to_yaml(&self) -> Yaml {
        let mut yaml = Yaml::default();
        yaml.block(self, 0, "");
        yaml
    }

    fn has_map(&self) -> bool {
        match self {
            Tree::Raw(_) => false,
            Tree::List(items) => items.iter().any(Tree::has_map),
            Tree::Map(_) => true,
        }
    }
}

fn steps(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.split('/').skip(1)
}

/// YAML text with the line and column of every key and value.
#[derive(Debug, Default)]
pub(super) struct Yaml {
    pub(super) text: String,
    pub(super) positions: BTreeMap<String, Vec<(u32, u32)>>,
    line: u32,
    line_start: usize,
}

impl Yaml {
    fn mark(&mut self, pointer: &str) {
        let column = u32::try_from(self.text.len() - self.line_start).unwrap() + 1;
        self.positions.entry(pointer.to_owned()).or_default().push((self.line + 1, column));
    }

    fn new_line(&mut self, indent: usize) {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.line += 1;
            self.line_start = self.text.len();
        }
        self.text.push_str(&" ".repeat(indent));
    }

    /// Writes a value; maps, and lists with maps in them, as indented blocks.
    fn block(&mut self, tree: &Tree, indent: usize, pointer: &str) {
        match tree {
            Tree::Map(entries) if !entries.is_empty() => {
                for (i, entry) in entries.iter().enumerate() {
                    let pointer = format!("{pointer}/{}", entry.key);
                    self.new_line(indent);
                    if i == 0 {
                        self.mark(pointer.rsplit_once('/').unwrap().0);
                    }
                    self.mark(&pointer);
                    let written = entry.written.clone().unwrap_or_else(|| plain(&format!("{:?}", entry.key)));
                    let _ = write!(self.text, "{written}: ");
                    self.block(&entry.value, indent + 2, &pointer);
                }
            }
            Tree::List(items) if tree.has_map() => {
                for (i, item) in items.iter().enumerate() {
                    self.new_line(indent);
                    if i == 0 {
                        self.mark(pointer);
                    }
                    self.text.push_str("- ");
                    self.block(item, indent + 2, &format!("{pointer}/{i}"));
                }
            }
            _ => self.flow(tree, pointer),
        }
    }

    fn flow(&mut self, tree: &Tree, pointer: &str) {
        self.mark(pointer);
        match tree {
            Tree::Raw(raw) => self.text.push_str(&plain(raw)),
            Tree::Map(_) => self.text.push_str("{}"),
            Tree::List(items) => {
                self.text.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.text.push_str(", ");
                    }
                    self.flow(item, &format!("{pointer}/{i}"));
                }
                self.text.push(']');
            }
        }
    }
}

/// Takes the quotes away where nobody would write them.
fn plain(raw: &str) -> String {
    let bare = raw.trim_matches('"');
    let is_word = bare.len() > 3 && bare.chars().all(|c| c.is_ascii_lowercase() || c == '_') && bare != "null";
    if is_word { bare.to_owned() } else { raw.to_owned() }
}
