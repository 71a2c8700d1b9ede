//! A recorded run as a model, options and steps.

use std::path::Path;

use freeagentics_inference::engine::{Choice, Goal, Mode, Options, Policies};
use freeagentics_inference::model::{Evidence, Preference, Spec, Table};
use serde::Deserialize;
use serde_json::Value;

use crate::bench_models::build::{axis, modality};

#[derive(Deserialize)]
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) model: RecordedModel,
    defaults_in_effect: RecordedOptions,
    /// `[policy][time][factor]`: per factor its controls flattened into one index.
    pub(super) policies: Vec<Vec<Vec<usize>>>,
    #[serde(rename = "E")]
    habits: Vec<f64>,
    pub(super) steps: Vec<RecordedStep>,
    #[serde(rename = "lr_pA", default)]
    pub(super) likelihood_rate: f64,
    #[serde(rename = "lr_pB", default)]
    pub(super) transition_rate: f64,
}

#[derive(Deserialize)]
pub(super) struct RecordedModel {
    num_obs: Vec<usize>,
    num_states: Vec<usize>,
    num_controls: Vec<usize>,
    num_controls_multi: Option<Vec<usize>>,
    #[serde(rename = "A_dependencies")]
    likelihood_factors: Vec<Vec<usize>>,
    #[serde(rename = "B_dependencies")]
    transition_factors: Vec<Vec<usize>>,
    #[serde(rename = "B_action_dependencies")]
    transition_controls: Option<Vec<Vec<usize>>>,
    #[serde(rename = "A")]
    likelihoods: Vec<Value>,
    #[serde(rename = "B")]
    transitions: Vec<Value>,
    #[serde(rename = "C", default)]
    preferences: Vec<Vec<f64>>,
    #[serde(rename = "D")]
    priors: Vec<Vec<f64>>,
    /// Dirichlet counts like A and B, where these are learnt.
    #[serde(rename = "pA")]
    pub(super) likelihood_counts: Option<Vec<Value>>,
    #[serde(rename = "pB")]
    pub(super) transition_counts: Option<Vec<Value>>,
    /// Goal states, one-hot.
    #[serde(rename = "H")]
    goals: Option<Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct RecordedOptions {
    gamma: f64,
    alpha: f64,
    policy_len: usize,
    sampling_mode: String,
    use_param_info_gain: bool,
    inductive_depth: usize,
    inductive_threshold: f64,
    inductive_epsilon: f64,
}

#[derive(Deserialize)]
pub(super) struct RecordedStep {
    obs: Vec<Value>,
    pub(super) prior: Vec<Vec<f64>>,
    pub(super) qs: Vec<Vec<f64>>,
    #[serde(default)]
    pub(super) vfe: f64,
    pub(super) neg_efe: Vec<f64>,
    pub(super) q_pi: Vec<f64>,
    pub(super) action_marginals: Vec<Vec<f64>>,
    pub(super) action: Vec<usize>,
    pub(super) action_gap: Vec<f64>,
    /// Not recorded at every step.
    #[serde(rename = "stochastic_sampling_probs", default)]
    pub(super) sampling: Vec<Vec<f64>>,
    /// Beliefs about every step of the window: `[factor][step][state]`, padded in front.
    #[serde(default)]
    pub(super) qs_window: Vec<Vec<Vec<f64>>>,
    #[serde(default)]
    pub(super) valid_steps: usize,
    /// Counts after what was learnt at this step.
    #[serde(rename = "pA")]
    pub(super) likelihood_counts: Option<Vec<Value>>,
    #[serde(rename = "pB")]
    pub(super) transition_counts: Option<Vec<Value>>,
}

impl Recording {
    pub(super) fn load(file: &str) -> Self {
        serde_json::from_value(json(file)).expect("the recording has the layout its README describes")
    }

    pub(super) fn options(&self) -> Options {
        let recorded = &self.defaults_in_effect;
        Options {
            policies: Policies::All { length: recorded.policy_len },
            habits: Some(self.habits.clone()),
            gamma: recorded.gamma,
            alpha: recorded.alpha,
            mode: if recorded.sampling_mode == "full" { Mode::Full } else { Mode::Marginal },
            choice: Choice::Deterministic,
            novelty: recorded.use_param_info_gain,
            goal: self.model.goals.as_ref().map(|goals| self.goal(goals)),
            ..Options::default()
        }
    }

    fn goal(&self, goals: &[Vec<f64>]) -> Goal {
        let recorded = &self.defaults_in_effect;
        let wanted = |goal: &Vec<f64>| (0..goal.len()).filter(|&state| goal[state] > 0.0).collect();
        Goal {
            states: goals.iter().map(wanted).collect(),
            depth: recorded.inductive_depth,
            threshold: recorded.inductive_threshold,
            weight: recorded.inductive_epsilon,
        }
    }
}

impl RecordedModel {
    /// For each factor the controls that move it. A factor with a single "action" is moved by none.
    pub(super) fn moved_by(&self) -> Vec<Vec<usize>> {
        if let Some(controls) = &self.transition_controls {
            return controls.clone();
        }
        let mut next = 0..;
        self.num_controls
            .iter()
            .map(|&size| if size > 1 { next.next().into_iter().collect() } else { Vec::new() })
            .collect()
    }

    pub(super) fn control_sizes(&self) -> Vec<usize> {
        let several = || self.num_controls.iter().copied().filter(|&size| size > 1).collect();
        self.num_controls_multi.clone().unwrap_or_else(several)
    }

    pub(super) fn spec(&self) -> Spec {
        let named = |kind: &str, sizes: &[usize]| {
            sizes.iter().enumerate().map(|(index, &size)| axis(&format!("{kind}{index}"), size)).collect()
        };
        let tables = |values: &[Value], factors: &[Vec<usize>], controls: &[Vec<usize>]| {
            let dependencies = factors.iter().zip(controls);
            let entries = values.iter().map(numbers).zip(dependencies);
            entries
                .map(|(values, (f, c))| Table { factors: f.clone(), controls: c.clone(), values })
                .collect::<Vec<_>>()
        };
        let none = vec![Vec::new(); self.num_obs.len()];
        let preferences = self.preferences.iter().enumerate();
        Spec {
            factors: named("factor", &self.num_states),
            controls: named("control", &self.control_sizes()),
            modalities: self.num_obs.iter().enumerate().map(|(m, &n)| modality(&format!("modality{m}"), n)).collect(),
            likelihoods: tables(&self.likelihoods, &self.likelihood_factors, &none),
            transitions: tables(&self.transitions, &self.transition_factors, &self.moved_by()),
            preferences: preferences
                .map(|(modality, values)| Preference::Observations { modality, values: values.clone() })
                .collect(),
            priors: self.priors.clone(),
            learning: Vec::new(),
        }
    }
}

impl RecordedStep {
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        self.obs.iter().map(evidence).collect()
    }
}

/// An observation in a file: an index, or a distribution.
pub(super) fn evidence(value: &Value) -> Evidence {
    value.as_u64().map_or_else(|| Evidence::Soft(numbers(value)), |index| Evidence::Index(index as usize))
}

/// Nested lists of numbers in row-major order.
pub(super) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().expect("a number")],
    }
}

/// A file of reference vectors.
pub(super) fn json(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(format!("{file}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("the file is JSON")
}
