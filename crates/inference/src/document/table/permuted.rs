//! Tables whose numbers are right, but whose axes are in another order or not nested.

use serde_json::Value;

use super::dense::{Grid, unravel};
use super::distribution::is_one;
use super::layout::{Level, fits};
use crate::document::patch::{self, PatchOp};

/// Axes of a table whose order is searched; beyond, there are too many.
const MOST_AXES: usize = 4;

/// The patch that orders the axes so that the shape fits and every column sums to 1, if there is such an order.
pub(super) fn find(grid: &Grid<'_>, levels: &[Level]) -> Option<Vec<PatchOp>> {
    let values: Vec<f64> = grid.values.iter().copied().collect::<Option<_>>()?;
    let n = grid.shape.len();
    if !(2..=MOST_AXES).contains(&n) || n != levels.len() || values.is_empty() {
        return None;
    }
    orders(n).into_iter().skip(1).find_map(|order| {
        let shape: Vec<usize> = order.iter().filter_map(|&axis| grid.shape.get(axis).copied()).collect();
        let ordered = fits(&shape, levels).then(|| reorder(&values, &grid.shape, &order, &shape))?;
        let n_columns: usize = shape.iter().skip(1).product();
        let sums = |column: usize| ordered.iter().skip(column).step_by(n_columns).sum::<f64>();
        let right = (0..n_columns).all(|column| is_one(sums(column)));
        right.then(|| patch::replace(grid.place.pointer(), nested(&ordered, &shape)))
    })
}

/// The patch that nests a flat list of the right length.
pub(super) fn nest(grid: &Grid<'_>, levels: &[Level]) -> Option<Vec<PatchOp>> {
    let shape: Vec<usize> = levels.iter().map(|level| level.size).collect::<Option<_>>()?;
    let values: Vec<f64> = grid.values.iter().copied().collect::<Option<_>>()?;
    let right = grid.shape.len() == 1 && shape.len() > 1 && shape.iter().product::<usize>() == values.len();
    right.then(|| patch::replace(grid.place.pointer(), nested(&values, &shape)))
}

/// All orders of `n` axes, the present one first.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..n {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            let rest: Vec<usize> = (0..n).filter(|axis| !order.contains(axis)).collect();
            rest.into_iter().map(move |axis| [order.as_slice(), &[axis]].concat())
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

fn reorder(values: &[f64], shape: &[usize], order: &[usize], ordered: &[usize]) -> Vec<f64> {
    let entry = |flat: usize| {
        let index = unravel(flat, ordered);
        let mut source = vec![0; shape.len()];
        for (&axis, &i) in order.iter().zip(&index) {
            if let Some(slot) = source.get_mut(axis) {
                *slot = i;
            }
        }
        let flat = source.iter().zip(shape).fold(0, |flat, (&i, &size)| flat * size + i);
        values.get(flat).copied().unwrap_or(f64::NAN)
    };
    (0..values.len()).map(entry).collect()
}

fn nested(values: &[f64], shape: &[usize]) -> Value {
    match shape.split_first() {
        None => values.first().copied().into(),
        Some((_, inner)) => {
            let chunk = inner.iter().product::<usize>().max(1);
            values.chunks(chunk).map(|part| nested(part, inner)).collect()
        }
    }
}
