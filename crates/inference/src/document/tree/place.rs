//! A value of the document together with where it stands.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Key, Mark, Node, Step, Tree, Value};

/// Where a problem is.
#[derive(Clone, Debug)]
pub(in super::super) struct Spot {
    pub(in super::super) pointer: String,
    pub(in super::super) mark: Option<Mark>,
    pub(in super::super) order: usize,
}

/// A value in a tree; cheap to copy.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Place<'t> {
    tree: &'t Tree,
    id: usize,
}

/// A scalar or key that shall name something.
#[derive(Clone, Debug)]
pub(in super::super) struct Word<'t> {
    pub(in super::super) text: Cow<'t, str>,
    /// Not a text to every reader of YAML: it should stand in quotes.
    pub(in super::super) ambiguous: bool,
    pub(in super::super) place: Place<'t>,
    pub(in super::super) is_key: bool,
}

impl Word<'_> {
    pub(in super::super) fn spot(&self) -> Spot {
        if self.is_key { self.place.key_spot() } else { self.place.spot() }
    }
}

static NULL: Node = Node { parent: 0, step: Step::Root, mark: None, value: Value::Null, plain: None };

impl<'t> Place<'t> {
    pub(super) fn new(tree: &'t Tree, id: usize) -> Self {
        Self { tree, id }
    }

    fn node(self) -> &'t Node {
        self.tree.nodes.get(self.id).unwrap_or(&NULL)
    }

    pub(in super::super) fn value(self) -> &'t Value {
        &self.node().value
    }

    pub(in super::super) fn spot(self) -> Spot {
        self.tree.spot(self.id)
    }

    /// The same pointer, at the position of the key.
    pub(in super::super) fn key_spot(self) -> Spot {
        let mark = match &self.node().step {
            Step::Key(key) => key.mark,
            _ => self.node().mark,
        };
        Spot { mark, ..self.spot() }
    }

    pub(in super::super) fn pointer(self) -> String {
        self.spot().pointer
    }

    /// Whether both are the same place of one document.
    pub(in super::super) fn is(self, other: Place<'_>) -> bool {
        self.id == other.id
    }

    fn ids(self) -> &'t [usize] {
        match self.value() {
            Value::List(ids) | Value::Map(ids) => ids,
            _ => &[],
        }
    }

    /// Items of a list or values of a map.
    pub(in super::super) fn children(self) -> impl ExactSizeIterator<Item = Place<'t>> + Clone {
        let tree = self.tree;
        self.ids().iter().map(move |&id| Place { tree, id })
    }

    pub(in super::super) fn len(self) -> usize {
        self.ids().len()
    }

    pub(in super::super) fn child(self, index: usize) -> Option<Place<'t>> {
        Some(Place { tree: self.tree, id: *self.ids().get(index)? })
    }

    /// The key under which this value stands in its map.
    pub(in super::super) fn key(self) -> Option<Word<'t>> {
        let Step::Key(Key { text, plain, .. }) = &self.node().step else { return None };
        Some(Word { text: Cow::Borrowed(text), ambiguous: *plain, place: self, is_key: true })
    }

    /// The value as a name; `None` when it is no scalar.
    pub(in super::super) fn word(self) -> Option<Word<'t>> {
        let node = self.node();
        let text = match (&node.value, &node.plain) {
            (Value::List(_) | Value::Map(_), _) => return None,
            (_, Some(plain)) => Cow::Borrowed(&**plain),
            (Value::Text(text), None) => Cow::Borrowed(&**text),
            (Value::Null, None) => Cow::Borrowed("null"),
            (Value::Bool(value), None) => Cow::Owned(value.to_string()),
            (Value::Number(value), None) => Cow::Owned(value.to_string()),
        };
        let ambiguous = node.plain.is_some() || !matches!(node.value, Value::Text(_));
        Some(Word { text, ambiguous, place: self, is_key: false })
    }

    /// The value as a text; what is not clearly a text is none.
    pub(in super::super) fn text(self) -> Option<&'t str> {
        match (&self.node().value, &self.node().plain) {
            (Value::Text(text), None) => Some(text),
            _ => None,
        }
    }

    pub(in super::super) fn is_list(self) -> bool {
        matches!(self.value(), Value::List(_))
    }

    pub(in super::super) fn is_map(self) -> bool {
        matches!(self.value(), Value::Map(_))
    }

    /// What stands there, in a word or two.
    pub(in super::super) fn describe(self) -> String {
        match self.value() {
            Value::Null => "nothing".to_owned(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Number(value) => format!("the number {value}"),
            Value::Text(text) => format!("the text `{}`", crate::document::expect::clip(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }

    /// The value as JSON. Infinite bounds become the texts that JSON documents use for them.
    pub(in super::super) fn to_json(self) -> serde_json::Value {
        match self.value() {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(value) if *value == f64::INFINITY => ".inf".into(),
            Value::Number(value) if *value == f64::NEG_INFINITY => "-.inf".into(),
            Value::Number(value) if value.is_nan() => ".nan".into(),
            Value::Number(value) => json_number(*value),
            Value::Text(text) => (**text).into(),
            Value::List(_) => self.children().map(Place::to_json).collect(),
            Value::Map(_) => self
                .children()
                .filter_map(|child| Some((child.key()?.text.into_owned(), child.to_json())))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

/// Whole numbers as whole numbers: `3`, not `3.0`.
fn json_number(value: f64) -> serde_json::Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT && !(value == 0.0 && value.is_sign_negative()) {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        let whole = value as i64;
        whole.into()
    } else {
        value.into()
    }
}

impl Tree {
    pub(super) fn spot(&self, id: usize) -> Spot {
        let mark = self.nodes.get(id).and_then(|node| node.mark);
        let mut steps = Vec::new();
        let mut at = id;
        while let Some(node) = self.nodes.get(at)
            && !matches!(node.step, Step::Root)
        {
            steps.push(&node.step);
            at = node.parent;
        }
        let mut pointer = String::new();
        for step in steps.into_iter().rev() {
            // Writing to a String cannot fail.
            let _ = match step {
                Step::Root => Ok(()),
                Step::Index(index) => write!(pointer, "/{index}"),
                Step::Key(key) => write!(pointer, "/{}", escape(&key.text)),
            };
        }
        Spot { pointer, mark, order: id }
    }
}

/// A key as a part of a JSON pointer.
pub(in super::super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
