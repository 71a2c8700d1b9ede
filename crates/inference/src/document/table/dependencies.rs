//! `given`, `by` and `over`: what a table depends on.

use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::{self, wrong_type};
use crate::document::names::{Axis, Kind};
use crate::document::patch;
use crate::document::problem::Problem;
use crate::document::tree::{Place, Value};

/// A factor or control on which a table depends.
#[derive(Clone, Debug)]
pub(in super::super) struct Dependency<'n> {
    /// `None` when it is not known; that has been reported.
    pub(in super::super) axis: Option<&'n Axis>,
    pub(in super::super) is_control: bool,
}

impl<'n> Dependency<'n> {
    pub(in super::super) fn on(axis: &'n Axis) -> Self {
        Self { axis: Some(axis), is_control: axis.kind == Kind::Control }
    }

    pub(in super::super) fn size(&self) -> Option<usize> {
        self.axis.and_then(Axis::size)
    }

    pub(in super::super) fn name(&self) -> &'n str {
        self.axis.map_or("?", |axis| &axis.name)
    }

    /// The axis in words, such as "state of `pump`".
    pub(in super::super) fn describe(&self) -> String {
        self.axis.map_or_else(|| "?".to_owned(), |axis| format!("{} of `{}`", axis.kind.label(), axis.name))
    }
}

/// Reads a list of names of these kinds.
pub(in super::super) fn dependencies<'n>(
    cx: &Context<'n>,
    place: Place<'_>,
    subject: &str,
    kinds: &[Kind],
) -> Option<Vec<Dependency<'n>>> {
    // One name without brackets is read as a list of one, so that what else is wrong with the table is seen.
    let alone = matches!(place.value(), Value::Text(_)).then_some(place);
    if alone.is_none() && !expect::list(cx.sink, place, subject, "a list of names") {
        return None;
    }
    let mut found: Vec<Dependency<'n>> = Vec::new();
    for item in alone.into_iter().chain(place.children()) {
        let Some(word) = item.word() else {
            cx.report(wrong_type(item, &format!("an item of {subject}"), "a name"));
            return None;
        };
        let axis = cx.names.refer(cx.sink, &word, kinds);
        if alone.is_some() {
            report_alone(cx, place, subject, axis);
        }
        if let Some(axis) = axis
            && found.iter().any(|known| known.axis.is_some_and(|known| std::ptr::eq(known, axis)))
        {
            let message = format!("{subject} names `{}` twice", axis.name);
            let problem = Problem::at(item.spot(), Code::DuplicateDependency, message, "remove one of the two");
            cx.report(problem.found(&*axis.name));
            return None;
        }
        let is_control = axis.map_or(kinds == [Kind::Control], |axis| axis.kind == Kind::Control);
        found.push(Dependency { axis, is_control });
    }
    Some(found)
}

fn report_alone(cx: &Context<'_>, place: Place<'_>, subject: &str, axis: Option<&Axis>) {
    let mut problem = wrong_type(place, subject, "a list of names");
    if let Some(axis) = axis {
        problem.mend = format!("write `[{}]`", axis.name);
        problem = problem.patch(patch::replace(place.pointer(), vec![axis.name.clone()]));
    }
    cx.report(problem);
}
