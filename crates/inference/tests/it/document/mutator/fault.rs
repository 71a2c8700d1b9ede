//! A fault: how it is planted, what must be reported, and what it must not be planted together with.

use freeagentics_inference::document::Code;

use super::tree::{Entry, Tree};

/// In names and numbers of a fault, this stands for a letter of its own, so that no two faults are the same mistake.
pub(super) const OWN: char = '§';
const LETTERS: [char; 6] = ['q', 'x', 'z', 'j', 'k', 'w'];

#[derive(Clone, Debug)]
pub(super) enum Edit {
    Replace(String, Tree),
    /// Makes a number larger, by an amount of its own.
    Raise(String),
    Rename(String, String),
    /// Writes the key in another way: without quotes.
    Unquote(String),
    Remove(String),
    /// Takes the last item of a list away.
    Shorten(String),
    Push(String, Tree),
    Insert(String, Entry),
    /// Puts the entries of a map into the map that holds it.
    Hoist(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mend {
    /// The problem carries a patch that mends it.
    Patch,
    /// There is no such fault in JSON.
    NotInJson,
    /// Only people can mend it.
    People,
}

#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) kind: &'static str,
    pub(super) code: Code,
    pub(super) pointer: String,
    pub(super) edit: Edit,
    /// Places that the fault changes.
    touches: Vec<String>,
    /// Places that must be in order for the fault to be seen.
    needs: Vec<String>,
    pub(super) mend: Mend,
    /// What it changes is read as though it were in order.
    is_harmless: bool,
}

impl Fault {
    pub(super) fn new(kind: &'static str, code: Code, pointer: impl Into<String>, edit: Edit) -> Self {
        let pointer = pointer.into();
        let touched = match &edit {
            Edit::Insert(map, entry) => format!("{map}/{}", entry.key),
            Edit::Replace(at, _)
            | Edit::Raise(at)
            | Edit::Rename(at, _)
            | Edit::Unquote(at)
            | Edit::Remove(at)
            | Edit::Shorten(at)
            | Edit::Hoist(at)
            | Edit::Push(at, _) => at.clone(),
        };
        Self {
            kind,
            code,
            pointer,
            edit,
            touches: vec![touched],
            needs: Vec::new(),
            mend: Mend::People,
            is_harmless: false,
        }
    }

    pub(super) fn touching(mut self, places: impl IntoIterator<Item = String>) -> Self {
        self.touches.extend(places);
        self
    }

    pub(super) fn needing(mut self, places: impl IntoIterator<Item = String>) -> Self {
        self.needs.extend(places);
        self
    }

    pub(super) fn reported_as(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    pub(super) fn mended(mut self, mend: Mend) -> Self {
        self.mend = mend;
        self
    }

    pub(super) fn harmless(mut self) -> Self {
        self.is_harmless = true;
        self
    }

    /// Whether one of the two would change how the other is seen.
    pub(super) fn depends_on(&self, other: &Fault) -> bool {
        let meet = |a: &[String], b: &[String]| a.iter().any(|a| b.iter().any(|b| is_within(a, b) || is_within(b, a)));
        let hides = |a: &Fault, b: &Fault| !a.is_harmless && meet(&a.touches, &b.needs);
        meet(&self.touches, &other.touches) || hides(self, other) || hides(other, self)
    }

    /// The pointer at which it must be reported, when it is the `serial`-th fault of a document.
    pub(super) fn pointer(&self, serial: usize) -> String {
        own(&self.pointer, serial)
    }

    pub(super) fn plant(&self, document: &mut Tree, serial: usize) {
        match &self.edit {
            Edit::Replace(at, tree) => *document.get_mut(at) = own_tree(tree, serial),
            Edit::Raise(at) => {
                let number = document.get_mut(at);
                let amount = (0..serial).fold(0.0625, |amount, _| amount + 0.015625);
                *number = Tree::number(number.as_number().unwrap() + amount);
            }
            Edit::Rename(at, to) => {
                let (entries, index) = document.entry_mut(at);
                entries[index].key = own(to, serial);
            }
            Edit::Unquote(at) => {
                let (entries, index) = document.entry_mut(at);
                entries[index].written = Some(entries[index].key.clone());
            }
            Edit::Remove(at) => {
                let (entries, index) = document.entry_mut(at);
                entries.remove(index);
            }
            Edit::Shorten(at) | Edit::Push(at, _) => {
                let Tree::List(items) = document.get_mut(at) else { panic!("{at} is no list") };
                match &self.edit {
                    Edit::Push(_, tree) => items.push(own_tree(tree, serial)),
                    _ => drop(items.pop()),
                }
            }
            Edit::Hoist(at) => {
                let (entries, index) = document.entry_mut(at);
                let Tree::Map(inner) = entries.remove(index).value else { panic!("{at} is no map") };
                entries.extend(inner);
            }
            Edit::Insert(at, entry) => {
                let Tree::Map(entries) = document.get_mut(at) else { panic!("{at} is no map") };
                entries.push(Entry { key: own(&entry.key, serial), ..entry.clone() });
            }
        }
    }
}

fn is_within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn own(text: &str, serial: usize) -> String {
    text.replace(OWN, &LETTERS[serial].to_string())
}

fn own_tree(tree: &Tree, serial: usize) -> Tree {
    if let Tree::Raw(raw) = tree { Tree::Raw(own(raw, serial)) } else { tree.clone() }
}

/// A word with a letter too many, which no other fault of the document has.
pub(super) fn misspell(word: &str) -> String {
    let (head, tail) = word.split_at(word.len().div_ceil(2));
    format!("{head}{OWN}{tail}")
}
