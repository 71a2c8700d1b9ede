//! A small watchdog for the unit tests, so that they stand on no file.

use freeagentics_inference::model::{Axis, Modality, Moment, Preference, Spec, Table};

/// Healthy, blip, overloaded or hung; wait, probe, restart or page.
pub(crate) fn watchdog() -> Spec {
    Spec {
        factors: vec![axis("service", &["healthy", "blip", "overloaded", "hung"])],
        controls: vec![axis("command", &["wait", "probe", "restart", "page"])],
        modalities: vec![
            modality("check", &["ok", "slow", "fail"], None),
            modality("deep_probe", &["none", "fine", "unreachable", "busy", "dead"], Some(vec![0])),
        ],
        likelihoods: vec![
            Table { factors: vec![0], controls: vec![], values: CHECK.to_vec() },
            Table { factors: vec![0], controls: vec![0], values: probe() },
        ],
        transitions: vec![Table { factors: vec![0], controls: vec![0], values: service() }],
        preferences: vec![
            joint(vec![0], vec![], vec![0.0, -1.0, -1.0, -4.0]),
            joint(vec![], vec![0], vec![0.0, -0.4, -10.0, -18.0]),
        ],
        priors: vec![vec![0.95, 0.02, 0.02, 0.01]],
        learning: Vec::new(),
    }
}

fn axis(name: &str, labels: &[&str]) -> Axis {
    Axis { name: name.to_owned(), labels: owned(labels) }
}

fn modality(name: &str, labels: &[&str], initial: Option<Vec<usize>>) -> Modality {
    Modality { name: name.to_owned(), labels: owned(labels), bins: None, unit: None, initial }
}

fn owned(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|&label| label.to_owned()).collect()
}

fn joint(factors: Vec<usize>, controls: Vec<usize>, values: Vec<f64>) -> Preference {
    Preference::Joint { factors, controls, at: Moment::After, values }
}

/// `[observation][state]`.
const CHECK: [f64; 12] = [0.97, 0.15, 0.25, 0.02, 0.025, 0.15, 0.6, 0.03, 0.005, 0.7, 0.15, 0.95];

/// `[observation][state][command]`: `none` unless the command was `probe`.
fn probe() -> Vec<f64> {
    const SHOWN: [[f64; 4]; 5] = [
        [0.0; 4],
        [0.94, 0.08, 0.1, 0.02],
        [0.03, 0.84, 0.05, 0.06],
        [0.02, 0.04, 0.8, 0.07],
        [0.01, 0.04, 0.05, 0.85],
    ];
    let entry = |observation: usize, state: usize, command: usize| match (observation, command) {
        (_, 1) => SHOWN[observation][state],
        (0, _) => 1.0,
        _ => 0.0,
    };
    let cells = (0..5).flat_map(|observation| (0..4).map(move |state| (observation, state)));
    cells.flat_map(|(observation, state)| (0..4).map(move |command| entry(observation, state, command))).collect()
}

/// `[next][state][command]`, columns normalised.
fn service() -> Vec<f64> {
    const WAIT: [[f64; 4]; 4] =
        [[0.984, 0.35, 0.06, 0.0], [0.008, 0.64, 0.02, 0.0], [0.005, 0.0, 0.9, 0.0], [0.003, 0.01, 0.02, 1.0]];
    const RESTART: [[f64; 4]; 4] =
        [[0.95, 0.45, 0.55, 0.95], [0.01, 0.53, 0.02, 0.01], [0.03, 0.01, 0.42, 0.03], [0.01; 4]];
    const PAGE: [[f64; 4]; 4] =
        [[0.984, 0.4, 0.25, 0.15], [0.008, 0.59, 0.02, 0.0], [0.005, 0.0, 0.71, 0.0], [0.003, 0.01, 0.02, 0.85]];
    let tables = [WAIT, WAIT, RESTART, PAGE];
    let sum = |command: usize, state: usize| tables[command].iter().map(|row| row[state]).sum::<f64>();
    let cells = (0..4).flat_map(|next| (0..4).map(move |state| (next, state)));
    cells
        .flat_map(|(next, state)| (0..4).map(move |command| tables[command][next][state] / sum(command, state)))
        .collect()
}
