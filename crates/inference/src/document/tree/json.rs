//! JSON into a tree. Values have no positions, but syntax errors do, and a key that comes twice is found.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use super::builder::Role;
use super::{Builder, Key, Mark, Spot, Stop, Tree, Value};
use crate::document::code::Code;
use crate::document::expect::clip;
use crate::document::limits::Limits;
use crate::document::problem::Problem;
use crate::document::sink::Sink;

/// The tree of a JSON text; the error is why it ends early.
pub(in super::super) fn read(text: &str, limits: &Limits, sink: &Sink) -> Result<Tree, Stop> {
    let mut growth = Growth { builder: Builder::new(limits), sink, stop: None };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Seed { growth: &mut growth, parent: 0, role: Role::Root };
    let result = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match (growth.stop, result) {
        (Some(stop), _) => Err(stop),
        (None, Err(error)) => Err(syntax(&error)),
        (None, Ok(())) => Ok(growth.builder.finish()),
    }
}

fn syntax(error: &serde_json::Error) -> Stop {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mark = Mark { line: clip(error.line()), column: clip(error.column()) };
    let spot = Spot { pointer: String::new(), mark: Some(mark), order: 0 };
    let reason = error.to_string();
    let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
    let mend = "write JSON: keys and texts in double quotes, a comma between items and none behind the last";
    Box::new(Problem::at(spot, Code::Syntax, format!("this is not JSON: {reason}"), mend))
}

struct Growth<'g> {
    builder: Builder<'g>,
    sink: &'g Sink,
    stop: Option<Stop>,
}

impl Growth<'_> {
    fn push<E: Error>(&mut self, parent: usize, role: Role, value: Value) -> Result<usize, E> {
        self.builder.push(parent, role, None, value, None).map_err(|stop| {
            self.stop = Some(stop);
            E::custom("stopped")
        })
    }
}

struct Seed<'a, 'g> {
    growth: &'a mut Growth<'g>,
    parent: usize,
    role: Role,
}

impl Seed<'_, '_> {
    fn scalar<E: Error>(self, value: Value) -> Result<(), E> {
        self.growth.push(self.parent, self.role, value).map(drop)
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Value::Bool(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers are f64 here; a whole number past 2^53 is out of every range"
    )]
    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(Value::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "as above")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(Value::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(Value::Number(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.scalar(Value::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let parent = self.growth.push(self.parent, self.role, Value::List(Vec::new()))?;
        while items.next_element_seed(Seed { growth: self.growth, parent, role: Role::Item })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let parent = self.growth.push(self.parent, self.role, Value::Map(Vec::new()))?;
        let mut seen = BTreeSet::new();
        while let Some(text) = entries.next_key::<String>()? {
            let role = if text.len() > LONGEST_KEY {
                self.growth.sink.report(long_key(self.growth.builder.spot(parent), None, &text));
                Role::Aside
            } else if seen.insert(text.clone()) {
                Role::Under(Key { text: text.into(), mark: None, plain: false })
            } else {
                self.growth.sink.report(duplicate_key(self.growth.builder.spot(parent), None, &text));
                Role::Aside
            };
            entries.next_value_seed(Seed { growth: self.growth, parent, role })?;
        }
        Ok(())
    }
}

/// Longest key in bytes. Pointers repeat keys, so that one of a megabyte would be repeated without end.
pub(super) const LONGEST_KEY: usize = 256;

/// The problem of a key that is longer than any name.
pub(super) fn long_key(map: Spot, mark: Option<Mark>, text: &str) -> Problem {
    let message = format!("the key `{}` has {} bytes", clip(text), text.len());
    let mend = format!("write a shorter one; keys have at most {LONGEST_KEY}, names at most 64");
    Problem::at(Spot { mark: mark.or(map.mark), ..map }, Code::InvalidName, message, mend)
}

/// The problem of a key that comes a second time in the map at `map`.
pub(super) fn duplicate_key(map: Spot, mark: Option<Mark>, text: &str) -> Problem {
    let pointer = format!("{}/{}", map.pointer, super::place::escape(text));
    let spot = Spot { pointer, mark, order: map.order };
    let message = format!("the key `{text}` comes twice in one map");
    Problem::at(spot, Code::DuplicateKey, message, "keep one of the two, or rename one").found(text)
}
