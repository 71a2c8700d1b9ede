//! Three factors of 8, 6 and 4 states seen through three dense random modalities.

use freeagentics_inference::model::{Spec, Table};
use serde::Deserialize;

use super::build::{axis, modality, over_observations, uniform};

/// Written by the `three_factors.py` that lies beside it.
const TABLES: &str = include_str!("../../data/three_factors.json");

#[derive(Deserialize)]
struct Tables {
    #[serde(rename = "A")]
    likelihoods: Vec<Vec<f64>>,
    #[serde(rename = "B")]
    transitions: Vec<Vec<f64>>,
    #[serde(rename = "C")]
    preferences: Vec<Vec<f64>>,
}

pub(super) fn spec() -> Spec {
    let tables: Tables =
        serde_json::from_str(TABLES).unwrap_or_else(|error| unreachable!("the committed tables parse: {error}"));
    let likelihoods = tables.likelihoods.into_iter();
    // The second factor is moved by nothing: its table has one column per state and no control axis.
    let controls = [vec![0], vec![], vec![1]];
    let transitions = tables.transitions.into_iter().zip(controls).enumerate();
    Spec {
        factors: vec![axis("first", 8), axis("second", 6), axis("third", 4)],
        controls: vec![axis("push_first", 4), axis("push_third", 3)],
        modalities: vec![modality("red", 8), modality("green", 8), modality("blue", 4)],
        likelihoods: likelihoods.map(|values| Table { factors: vec![0, 1, 2], controls: vec![], values }).collect(),
        transitions: transitions
            .map(|(factor, (values, controls))| Table { factors: vec![factor], controls, values })
            .collect(),
        preferences: tables.preferences.iter().enumerate().map(|(m, values)| over_observations(m, values)).collect(),
        priors: [8, 6, 4].map(uniform).to_vec(),
        learning: Vec::new(),
    }
}
