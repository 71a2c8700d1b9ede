//! Looking things up in tables, one joint state at a time.

use freeagentics_inference::model::{Axis, Spec, Table};

pub(crate) fn sizes(axes: &[Axis]) -> Vec<usize> {
    axes.iter().map(|axis| axis.labels.len()).collect()
}

/// Every index vector within `sizes`, the last index fastest; one empty vector when there is no axis.
pub(crate) fn combinations(sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for &size in sizes {
        all = all.iter().flat_map(|start| (0..size).map(|index| [start.as_slice(), &[index]].concat())).collect();
    }
    all
}

/// Every joint state with its probability when the factors are independent.
pub(crate) fn joint_states(belief: &[Vec<f64>]) -> Vec<(Vec<usize>, f64)> {
    let sizes: Vec<usize> = belief.iter().map(Vec::len).collect();
    let probability = |states: &[usize]| states.iter().zip(belief).map(|(&state, q)| q[state]).product();
    let with_probability = |states: Vec<usize>| {
        let probability = probability(&states);
        (states, probability)
    };
    combinations(&sizes).into_iter().map(with_probability).collect()
}

/// The entry of a table for an outcome, given a state of *every* factor and a value of *every* control.
pub(crate) fn entry(spec: &Spec, table: &Table, outcome: usize, states: &[usize], action: &[usize]) -> f64 {
    let mut offset = outcome;
    for &factor in &table.factors {
        offset = offset * spec.factors[factor].labels.len() + states[factor];
    }
    for &control in &table.controls {
        offset = offset * spec.controls[control].labels.len() + action[control];
    }
    table.values[offset]
}
