//! The functions of `jax_00` that the engine has, each asked through a model made for it.
//!
//! What an engine does not show (a fixed point after one or two iterations, the free energy of beliefs that are
//! not its own) is held against the slow reference, which judges the engine elsewhere.

mod expected;
mod inference;
mod logarithms;
mod novelty;
mod policies;

use freeagentics_inference::model::{Spec, Table};
use serde_json::Value;

use super::recording::{json, numbers};
use crate::bench_models::build::{axis, modality, uniform};

/// Input and output of one recorded function.
struct Case {
    input: Value,
    output: Value,
}

impl Case {
    fn load(name: &str) -> Self {
        let mut case = json("jax_00_functions")["cases"][name].take();
        assert!(case.is_object(), "there is no case {name}");
        Self { input: case["in"].take(), output: case["out"].take() }
    }
}

/// A list of lists of numbers.
fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list").iter().map(numbers).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|number| number as usize).collect()
}

fn index_lists(value: &Value) -> Vec<Vec<usize>> {
    value.as_array().expect("a list").iter().map(indices).collect()
}

/// A model that only has likelihoods and priors: nothing moves, nothing is wanted.
fn watching(likelihoods: &Value, factors: &[Vec<usize>], priors: Vec<Vec<f64>>) -> Spec {
    let observations = likelihoods.as_array().expect("a list").iter().map(|table| table.as_array().map_or(0, Vec::len));
    let tables = likelihoods.as_array().expect("a list").iter().zip(factors);
    let stays = |factor: usize, states: usize| {
        let values = (0..states * states).map(|at| f64::from(at % (states + 1) == 0)).collect();
        Table { factors: vec![factor], controls: vec![], values }
    };
    Spec {
        factors: priors.iter().enumerate().map(|(f, prior)| axis(&format!("factor{f}"), prior.len())).collect(),
        controls: vec![],
        modalities: observations.enumerate().map(|(m, n)| modality(&format!("modality{m}"), n)).collect(),
        likelihoods: tables
            .map(|(table, factors)| Table { factors: factors.clone(), controls: vec![], values: numbers(table) })
            .collect(),
        transitions: priors.iter().enumerate().map(|(factor, prior)| stays(factor, prior.len())).collect(),
        preferences: vec![],
        priors,
        learning: Vec::new(),
    }
}

/// A model with one state in which one modality shows `column`.
fn showing(column: &[f64]) -> Spec {
    let likelihood = Value::from(column.iter().map(|&p| Value::from(vec![p])).collect::<Vec<_>>());
    watching(&Value::from(vec![likelihood]), &[vec![0]], vec![uniform(1)])
}
