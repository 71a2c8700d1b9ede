//! What every reader behind the declarations needs.

use std::cell::Cell;

use super::code::Code;
use super::limits::Limits;
use super::names::Names;
use super::problem::Problem;
use super::sink::Sink;
use super::tree::Place;

#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) names: &'a Names,
    pub(super) limits: &'a Limits,
    pub(super) sink: &'a Sink,
    /// Table entries claimed so far.
    entries: Cell<u64>,
}

impl<'a> Context<'a> {
    pub(super) fn new(names: &'a Names, limits: &'a Limits, sink: &'a Sink) -> Self {
        Self { names, limits, sink, entries: Cell::new(0) }
    }

    pub(super) fn report(&self, problem: Problem) {
        self.sink.report(problem);
    }

    /// Claims room for a table of these sizes before it is allocated; `None`, and a problem, when there is none.
    pub(super) fn claim(&self, place: Place<'_>, subject: &str, sizes: &[usize]) -> Option<usize> {
        let limit = self.limits.table_entries;
        let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let size = sizes.iter().fold(1_u64, |product, &n| product.saturating_mul(wide(n)));
        let before = self.entries.get();
        let total = before.saturating_add(size);
        if total > limit {
            // The tables behind this one would all be reported as well.
            if before <= limit {
                let product = sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ");
                let message = format!(
                    "{subject} needs {product} = {size} entries, which makes {total} in all tables; at most {limit} are allowed"
                );
                let mend = "let it depend on less, use fewer states, or split a factor into several";
                self.report(
                    Problem::at(place.spot(), Code::TablesTooLarge, message, mend).expected(limit).found(total),
                );
            }
            self.entries.set(u64::MAX);
            return None;
        }
        self.entries.set(total);
        usize::try_from(size).ok()
    }
}
