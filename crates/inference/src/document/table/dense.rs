//! Dense tables: nested lists over the outcome and the dependencies that are still open.

use super::layout::{self, Level};
use super::{Frame, Region, distribution, permuted};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect;
use crate::document::names::{Axis, Kind};
use crate::document::problem::Problem;
use crate::document::tree::Place;

/// A nested list of numbers with its shape.
pub(super) struct Grid<'t> {
    pub(super) place: Place<'t>,
    pub(super) shape: Vec<usize>,
    /// Row-major; what is wrong is `None` and has been reported.
    pub(super) values: Vec<Option<f64>>,
}

/// Reads a dense table into a region.
pub(super) fn read(cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
    let levels = levels(frame, region);
    let mut values = Vec::new();
    numbers(place, &mut Vec::new(), &mut |place, index| {
        let read = || expect::weight(cx.sink, place, &entry_subject(frame, region, index));
        values.push(expect::is_weight(place).or_else(read));
    });
    let Some(shape) = layout::shape(place) else {
        return layout::report_irregular(cx, place, &frame.subject, &levels);
    };
    let grid = Grid { place, shape, values };
    if !layout::fits(&grid.shape, &levels) {
        let problem = layout::wrong_shape(place, &frame.subject, &grid.shape, &levels);
        let patch = permuted::find(&grid, &levels).or_else(|| permuted::nest(&grid, &levels));
        return cx.report(problem.patch_if(patch));
    }
    if check_columns(cx, frame, region, &levels, &grid) {
        write(frame, region, &grid);
    }
}

fn levels(frame: &Frame<'_>, region: &Region) -> Vec<Level> {
    let outcome = frame.outcome.map(|axis| Level {
        size: axis.size(),
        each: format!("{} of `{}`", if axis.kind == Kind::Factor { "next state" } else { "observation" }, axis.name),
    });
    let open = frame.open(region).into_iter().filter_map(|i| frame.dependencies.get(i));
    outcome.into_iter().chain(open.map(|dep| Level { size: dep.size(), each: dep.describe() })).collect()
}

/// All numbers in order, each with its indices. Lists and maps where a number is expected are a matter of shape.
fn numbers<'t>(place: Place<'t>, index: &mut Vec<usize>, each: &mut dyn FnMut(Place<'t>, &[usize])) {
    if place.is_list() {
        for (i, child) in place.children().enumerate() {
            index.push(i);
            numbers(child, index, each);
            index.pop();
        }
    } else if !place.is_map() {
        each(place, index);
    }
}

/// An entry in words.
fn entry_subject(frame: &Frame<'_>, region: &Region, index: &[usize]) -> String {
    let open = frame.open(region).into_iter().filter_map(|i| frame.dependencies.get(i)?.axis);
    let of = |(axis, &i): (&Axis, &usize)| format!("{}={}", axis.name, axis.labels.word(i));
    let next = if frame.outcome.is_some_and(|axis| axis.kind == Kind::Factor) { "next " } else { "" };
    let outcome = frame.outcome.into_iter().zip(index).map(|pair| format!("{next}{}", of(pair)));
    let named = open.zip(index.iter().skip(1)).map(of);
    let path: Vec<String> = outcome.chain(region.path.iter().cloned()).chain(named).collect();
    format!("{}, entry for {},", frame.subject, path.join(", "))
}

/// Reports columns that do not sum to 1, unless the table's axes are in another order; says whether all is well.
fn check_columns(cx: &Context<'_>, frame: &Frame<'_>, region: &Region, levels: &[Level], grid: &Grid<'_>) -> bool {
    let n_columns: usize = grid.shape.iter().skip(1).product();
    let mut well = true;
    let mut wrong = Vec::new();
    for column in 0..n_columns {
        let entries = grid.values.iter().skip(column).step_by(n_columns);
        match entries.copied().sum::<Option<f64>>() {
            None => well = false,
            Some(sum) if !distribution::is_one(sum) => wrong.push((column, sum)),
            Some(_) => {}
        }
    }
    if wrong.is_empty() {
        return well;
    }
    if let Some(patch) = permuted::find(grid, levels) {
        let message = format!("the table of {} has its axes in another order", frame.subject);
        let each: Vec<&str> = levels.iter().map(|level| level.each.as_str()).collect();
        let mend = format!("list one entry for each {}", each.join(", in it one for each "));
        cx.report(Problem::at(grid.place.spot(), Code::Transposed, message, mend).patch(patch));
        return false;
    }
    for (column, sum) in wrong {
        report_column(cx, frame, region, grid, column, sum);
    }
    false
}

fn report_column(cx: &Context<'_>, frame: &Frame<'_>, region: &Region, grid: &Grid<'_>, column: usize, sum: f64) {
    let inner: Vec<usize> = grid.shape.iter().skip(1).copied().collect();
    let index = unravel(column, &inner);
    let open = frame.open(region).into_iter().filter_map(|i| frame.dependencies.get(i)?.axis);
    let named = open.zip(&index).map(|(axis, &i)| format!("{}={}", axis.name, axis.labels.word(i)));
    let path: Vec<String> = region.path.iter().cloned().chain(named).collect();
    let subject = column_subject(&frame.subject, &path);
    let rows = grid.place.children().filter_map(|row| index.iter().try_fold(row, |place, &i| place.child(i)));
    let values = grid.values.iter().skip(column).step_by(inner.iter().product::<usize>().max(1));
    let entries: Vec<(Place<'_>, f64)> =
        rows.zip(values).filter_map(|(place, value)| Some((place, (*value)?))).collect();
    if let Some((first, _)) = entries.first() {
        super::report_sum(cx.sink, first.spot(), &subject, sum, &entries);
    }
}

/// A column in words.
pub(super) fn column_subject(subject: &str, path: &[String]) -> String {
    if path.is_empty() { subject.to_owned() } else { format!("{subject}, column for {},", path.join(", ")) }
}

/// The indices of the `flat`-th entry of a list of this shape.
pub(super) fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (slot, &size) in index.iter_mut().zip(shape).rev() {
        *slot = flat % size.max(1);
        flat /= size.max(1);
    }
    index
}

fn write(frame: &mut Frame<'_>, region: &Region, grid: &Grid<'_>) {
    let open = frame.open(region);
    let n_columns: usize = grid.shape.iter().skip(1).product();
    frame.fill(region, |index, outcome, _| {
        let column = open
            .iter()
            .zip(grid.shape.iter().skip(1))
            .fold(0, |flat, (&dependency, &size)| flat * size + index.get(dependency).copied().unwrap_or(0));
        grid.values.get(outcome * n_columns + column).copied().flatten().unwrap_or(0.0)
    });
}
