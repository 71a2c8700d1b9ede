//! YAML into a tree, from the events of the parser. What is refused here is refused because two readers of YAML
//! would not agree on it, or because no model needs it: tags, merge keys, keys that are no texts.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput, Tag};

use super::builder::Role;
use super::json::{LONGEST_KEY, duplicate_key, long_key};
use super::{Builder, Key, Mark, Spot, Stop, Tree, Value, scalar};
use crate::document::code::Code;
use crate::document::limits::Limits;
use crate::document::problem::Problem;
use crate::document::sink::Sink;

/// The tree of a YAML text; the error is why it ends early.
pub(in super::super) fn read(text: &str, limits: &Limits, sink: &Sink) -> Result<Tree, Stop> {
    let mut reader =
        Reader { builder: Builder::new(limits), sink, open: Vec::new(), anchors: BTreeMap::new(), documents: 0 };
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| syntax(text, &error))?;
        reader.take(event, mark_of(span.start))?;
    }
    if reader.builder.is_empty() {
        return Err(super::super::text::empty());
    }
    Ok(reader.builder.finish())
}

struct Reader<'r> {
    builder: Builder<'r>,
    sink: &'r Sink,
    open: Vec<Open>,
    /// Finished values that an alias may stand for, by the parser's number of the anchor.
    anchors: BTreeMap<usize, usize>,
    documents: usize,
}

/// A list or map that has not ended.
struct Open {
    id: usize,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List,
    Map {
        seen: BTreeSet<Box<str>>,
        next: Next,
    },
    /// A list or map that stands where a key is expected; it was refused and is skipped.
    ComplexKey,
}

/// What the map expects next.
enum Next {
    Key,
    Value(Role),
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, mark: Mark) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(_) => self.start_document(mark)?,
            Event::Scalar(text, style, anchor, tag) => {
                let id = self.scalar(&text, style == ScalarStyle::Plain, anchor, mark)?;
                self.refuse_tag(tag.as_deref(), id, mark);
            }
            Event::SequenceStart(anchor, tag) => {
                let id = self.start(Value::List(Vec::new()), Kind::List, anchor, mark)?;
                self.refuse_tag(tag.as_deref(), id, mark);
            }
            Event::MappingStart(anchor, tag) => {
                let kind = Kind::Map { seen: BTreeSet::new(), next: Next::Key };
                let id = self.start(Value::Map(Vec::new()), kind, anchor, mark)?;
                self.refuse_tag(tag.as_deref(), id, mark);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, mark)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn start_document(&mut self, mark: Mark) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let spot = Spot { pointer: String::new(), mark: Some(mark), order: 0 };
        let message = "a second document begins here (`---`); a file holds one model";
        Err(Box::new(Problem::at(spot, Code::SeveralDocuments, message, "put each model into a file of its own")))
    }

    /// Takes a scalar; returns its number, or that of the map when it is a key.
    fn scalar(&mut self, text: &str, plain: bool, anchor: usize, mark: Mark) -> Result<usize, Stop> {
        if self.expects_key() {
            return Ok(self.key(text, plain, mark));
        }
        let value = if plain { scalar::resolve(text) } else { Value::Text(text.into()) };
        let unclear = plain && scalar::is_ambiguous(text);
        let (parent, role) = self.slot();
        let id = self.builder.push(parent, role, Some(mark), value, unclear.then(|| text.into()))?;
        self.anchors.insert(anchor, id);
        Ok(id)
    }

    fn start(&mut self, value: Value, kind: Kind, anchor: usize, mark: Mark) -> Result<usize, Stop> {
        if self.expects_key() {
            self.refuse_complex_key(mark);
            let id = self.open.last().map_or(0, |open| open.id);
            self.open.push(Open { id, anchor: 0, kind: Kind::ComplexKey });
            return Ok(id);
        }
        let (parent, role) = self.slot();
        let id = self.builder.push(parent, role, Some(mark), value, None)?;
        self.open.push(Open { id, anchor, kind });
        Ok(id)
    }

    fn end(&mut self) {
        let Some(ended) = self.open.pop() else { return };
        if matches!(ended.kind, Kind::ComplexKey) {
            self.expect_value(Role::Aside);
        } else {
            self.anchors.insert(ended.anchor, ended.id);
        }
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Result<(), Stop> {
        if self.expects_key() {
            self.refuse_complex_key(mark);
            self.expect_value(Role::Aside);
            return Ok(());
        }
        let (parent, role) = self.slot();
        let Some(&source) = self.anchors.get(&anchor) else {
            let spot = Spot { mark: Some(mark), ..self.builder.spot(parent) };
            let message = "this alias (*) stands for a value that contains the alias itself";
            return Err(Box::new(Problem::at(spot, Code::AliasToItself, message, "write the value out")));
        };
        self.builder.copy(source, parent, role).map(drop)
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { kind: Kind::Map { next: Next::Key, .. }, .. }))
    }

    /// Where the value that comes now belongs.
    fn slot(&mut self) -> (usize, Role) {
        match self.open.last_mut() {
            None => (0, Role::Root),
            Some(Open { id, kind: Kind::Map { next, .. }, .. }) => match std::mem::replace(next, Next::Key) {
                Next::Value(role) => (*id, role),
                Next::Key => (*id, Role::Aside),
            },
            Some(Open { id, kind: Kind::List, .. }) => (*id, Role::Item),
            Some(Open { id, kind: Kind::ComplexKey, .. }) => (*id, Role::Aside),
        }
    }

    fn key(&mut self, text: &str, plain: bool, mark: Mark) -> usize {
        let Some(Open { id, kind: Kind::Map { seen, next }, .. }) = self.open.last_mut() else { return 0 };
        let map = self.builder.spot(*id);
        if plain && text == "<<" {
            let spot = Spot { mark: Some(mark), ..map };
            let mend = "write the entries out, or alias (*) whole values";
            self.sink.report(Problem::at(spot, Code::MergeKey, "merge keys (`<<`) are not part of YAML 1.2", mend));
            *next = Next::Value(Role::Aside);
        } else if text.len() > LONGEST_KEY {
            self.sink.report(long_key(map, Some(mark), text));
            *next = Next::Value(Role::Aside);
        } else if seen.insert(text.into()) {
            let key = Key { text: text.into(), mark: Some(mark), plain: plain && scalar::is_ambiguous(text) };
            *next = Next::Value(Role::Under(key));
        } else {
            self.sink.report(duplicate_key(map, Some(mark), text));
            *next = Next::Value(Role::Aside);
        }
        *id
    }

    fn expect_value(&mut self, role: Role) {
        if let Some(Open { kind: Kind::Map { next, .. }, .. }) = self.open.last_mut() {
            *next = Next::Value(role);
        }
    }

    fn refuse_complex_key(&self, mark: Mark) {
        let id = self.open.last().map_or(0, |open| open.id);
        let spot = Spot { mark: Some(mark), ..self.builder.spot(id) };
        let message = "a key must be a text; this one is a list, a map or an alias";
        self.sink.report(Problem::at(spot, Code::KeyNotText, message, "write a name as the key"));
    }

    fn refuse_tag(&self, tag: Option<&Tag>, id: usize, mark: Mark) {
        let Some(tag) = tag else { return };
        let spot = Spot { mark: Some(mark), ..self.builder.spot(id) };
        let handle = if tag.is_yaml_core_schema() { "!!" } else { &tag.handle };
        let message = format!("the tag `{handle}{}` has no meaning here", tag.suffix);
        self.sink.report(Problem::at(spot, Code::Tag, message, "remove the tag; quotes make a text of anything"));
    }
}

fn mark_of(marker: Marker) -> Mark {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Mark { line: clip(marker.line()), column: clip(marker.col().saturating_add(1)) }
}

fn syntax(text: &str, error: &ScanError) -> Stop {
    let mark = mark_of(*error.marker());
    let spot = Spot { pointer: String::new(), mark: Some(mark), order: 0 };
    let line = text.lines().nth(error.marker().line().saturating_sub(1)).unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    let problem = if line.chars().take(indent).any(|c| c == '\t') {
        let message = "this line is indented with a tab, which YAML does not allow";
        Problem::at(spot, Code::TabIndentation, message, "indent with spaces")
    } else {
        let message = format!("this is not YAML: {}", error.info());
        Problem::at(
            spot,
            Code::Syntax,
            message,
            "look at indentation, brackets and quotes on this line and the one above",
        )
    };
    Box::new(problem)
}
