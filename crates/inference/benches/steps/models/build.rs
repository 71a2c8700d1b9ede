//! Short ways to write a [`Spec`](freeagentics_inference::model::Spec) by hand.

use freeagentics_inference::model::{Axis, Modality, Preference, Table};

/// A factor or control whose labels are its indices.
pub(crate) fn axis(name: &str, size: usize) -> Axis {
    Axis { name: name.to_owned(), labels: labels(size) }
}

/// A modality whose labels are its indices.
pub(crate) fn modality(name: &str, size: usize) -> Modality {
    Modality { name: name.to_owned(), labels: labels(size), bins: None, unit: None, initial: None }
}

fn labels(size: usize) -> Vec<String> {
    (0..size).map(|index| format!("v{index}")).collect()
}

/// A table filled by a function of its index `[outcome, factors…, controls…]`; `shape` is the extent of each.
pub(crate) fn table(factors: &[usize], controls: &[usize], shape: &[usize], entry: impl Fn(&[usize]) -> f64) -> Table {
    let mut index = vec![0; shape.len()];
    let values = (0..shape.iter().product())
        .map(|flat: usize| {
            let mut rest = flat;
            for (axis, size) in shape.iter().enumerate().rev() {
                index[axis] = rest % size;
                rest /= size;
            }
            entry(&index)
        })
        .collect();
    Table { factors: factors.to_vec(), controls: controls.to_vec(), values }
}

/// Every column mixed with the uniform one over `outcomes`.
pub(crate) fn blurred(table: Table, outcomes: usize, noise: f64) -> Table {
    let values = table.values.iter().map(|entry| entry * (1.0 - noise) + noise / outcomes as f64).collect();
    Table { values, ..table }
}

/// The uniform distribution.
pub(crate) fn uniform(size: usize) -> Vec<f64> {
    vec![1.0 / size as f64; size]
}

/// What is wanted of a modality's observations.
pub(crate) fn over_observations(modality: usize, values: &[f64]) -> Preference {
    Preference::Observations { modality, values: values.to_vec() }
}
