//! A document as a tree of values that know where they stand, whatever it was written in.
//!
//! Readers of the document walk it by [`Place`], which gives a pointer and a position for every problem.

mod builder;
mod json;
mod place;
mod scalar;
mod yaml;

pub(super) use builder::{Builder, Stop};
pub(super) use json::read as read_json;
pub(super) use place::{Place, Spot, Word, escape};
pub(super) use scalar::fraction;
pub(super) use yaml::read as read_yaml;

/// A position in the text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// All values of a document in the order in which they stand there; the first is the document itself.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn root(&self) -> Place<'_> {
        Place::new(self, 0)
    }
}

#[derive(Clone, Debug)]
struct Node {
    parent: usize,
    step: Step,
    mark: Option<Mark>,
    value: Value,
    /// How a scalar was written, when it stands without quotes and is no clear text: a number, `on`, `~`.
    plain: Option<Box<str>>,
}

/// How one gets from a parent to a value.
#[derive(Clone, Debug)]
enum Step {
    Root,
    Index(usize),
    Key(Key),
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    text: Box<str>,
    mark: Option<Mark>,
    /// Without quotes, some reader of YAML takes it for something else than text.
    plain: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(Box<str>),
    List(Vec<usize>),
    Map(Vec<usize>),
}
