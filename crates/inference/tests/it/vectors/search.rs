//! Closed-loop searches of the reference: what each action is worth, how probable it is, how large the tree was.

use freeagentics_inference::engine::{Decision, Options, Search};
use freeagentics_inference::model::{Evidence, Preference, Spec, Table};
use serde::Deserialize;
use serde_json::Value;

use super::recording::{json, numbers};
use crate::agent::Agent;
use crate::bench_models::build::{axis, modality, uniform};
use crate::differences::Differences;
use crate::slow::{Looked, Pruned, SlowSearch, ln_plus};

/// The recording was made with 32 bits.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Case {
    name: String,
    model: Model,
    search: Settings,
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "A")]
    likelihoods: Vec<Value>,
    #[serde(rename = "B")]
    transitions: Vec<Value>,
    #[serde(rename = "C")]
    preferences: Vec<Vec<f64>>,
    #[serde(rename = "A_dependencies")]
    likelihood_factors: Vec<Vec<usize>>,
    #[serde(rename = "B_dependencies")]
    transition_factors: Vec<Vec<usize>>,
}

#[derive(Deserialize)]
struct Settings {
    horizon: usize,
    #[serde(default = "sixteenth")]
    policy_prune_threshold: f64,
    #[serde(default = "sixteenth")]
    observation_prune_threshold: f64,
    #[serde(default = "half")]
    entropy_stop_threshold: f64,
    gamma: f64,
}

fn sixteenth() -> f64 {
    1.0 / 16.0
}

fn half() -> f64 {
    0.5
}

#[derive(Deserialize)]
struct Outcome {
    qs: Vec<Vec<f64>>,
    q_pi: Vec<f64>,
    root_neg_efe: f64,
    used_nodes: u64,
}

/// The one result in which the reference's rule about what is pruned leads elsewhere than ours.
const OTHER_RULE: (&str, usize) = ("tmaze_h3_defaults_thresholds", 0);

#[test]
fn searches_equal_the_reference_but_for_what_is_pruned() {
    let mut differences = Differences::of("jax_30_sophisticated");
    for_each_result(|case, index, outcome| {
        if (case.name.as_str(), index) != OTHER_RULE {
            compare(&mut differences, case, index, outcome);
        }
    });
    differences.conclude(TOLERANCE);
}

/// Written out, the reference's search comes to what was recorded, node for node; with the one rule changed that is ours, to
/// what the engine finds. An action that a search finds not to be worth a deeper look is set aside at once here. There it
/// counts once more, in that very search: what a belief is worth, and how often each action would be chosen, then hangs on
/// actions that the next search no longer knows.
#[test]
fn the_reference_lets_an_action_count_in_the_search_that_prunes_it() {
    let mut theirs = Differences::of("jax_30 by the reference's rule");
    let mut ours = Differences::of("jax_30 by our rule");
    let mut apart = Vec::new();
    for_each_result(|case, index, outcome| {
        let at = format!("{} {index}", case.name);
        let after = case.look(outcome, Pruned::Afterwards);
        theirs.compare("policy posterior", &at, &after.posterior, &outcome.q_pi);
        theirs.compare_one("value", &at, after.value, outcome.root_neg_efe);
        // Where nothing is too improbable, the reference also follows what only its rounding makes possible.
        if case.search.observation_prune_threshold > 0.0 {
            assert_eq!(after.nodes, outcome.used_nodes, "{at}: another tree");
        }
        let at_once = case.look(outcome, Pruned::AtOnce);
        case.search(outcome, |decision| {
            ours.compare("policy posterior", &at, decision.posterior(), &at_once.posterior)
        });
        let change = |(a, b): (&f64, &f64)| (a - b).abs() > TOLERANCE;
        if after.posterior.iter().zip(&at_once.posterior).any(change) {
            apart.push((case.name.clone(), index));
        }
    });
    assert_eq!(apart, [(OTHER_RULE.0.to_owned(), OTHER_RULE.1)], "the rules differ elsewhere");
    theirs.conclude(TOLERANCE);
    ours.conclude(1e-9);
}

fn for_each_result(mut look: impl FnMut(&Case, usize, &Outcome)) {
    let cases: Vec<Case> = serde_json::from_value(json("jax_30_sophisticated")["cases"].clone()).expect("its layout");
    for case in &cases {
        case.results.iter().enumerate().for_each(|(index, outcome)| look(case, index, outcome));
    }
}

impl Case {
    /// What the engine finds.
    fn search<T>(&self, outcome: &Outcome, tell: impl FnOnce(&Decision<'_>) -> T) -> T {
        let settings = &self.search;
        let search = Search {
            depth: settings.horizon,
            nodes: 10_000,
            prune_actions: settings.policy_prune_threshold,
            prune_outcomes: settings.observation_prune_threshold,
            sure: settings.entropy_stop_threshold.max(0.0),
            ..Search::default()
        };
        let options = Options { gamma: settings.gamma, search: Some(search), ..Options::default() };
        let spec = self.model.spec();
        let nothing = vec![Evidence::Missing; spec.modalities.len()];
        let mut agent = Agent::new(spec, options);
        agent.state = agent.engine.believing(&outcome.qs).expect("these are beliefs");
        tell(&agent.step(&nothing, None, 0).expect("the step is taken"))
    }

    /// What is found by the book, deeper and deeper until the choice is clear.
    fn look(&self, outcome: &Outcome, pruned: Pruned) -> Looked {
        let (settings, spec) = (&self.search, self.model.spec());
        let search = SlowSearch {
            spec: &spec,
            gamma: settings.gamma,
            prune_actions: settings.policy_prune_threshold,
            prune_outcomes: settings.observation_prune_threshold,
            pruned,
        };
        let mut depths = 1..=settings.horizon;
        let first = search.look(&outcome.qs, depths.next().expect("it looks ahead"));
        depths.fold(first, |before, depth| {
            let undecided = -before.posterior.iter().map(|p| p * ln_plus(*p)).sum::<f64>();
            if undecided > settings.entropy_stop_threshold { search.look(&outcome.qs, depth) } else { before }
        })
    }
}

fn compare(differences: &mut Differences, case: &Case, index: usize, outcome: &Outcome) {
    let at = format!("{} {index}", case.name);
    case.search(outcome, |decision| {
        let searched = decision.searched().expect("it searches");
        println!("{at}: {searched:?}, the reference used {} nodes", outcome.used_nodes);
        differences.compare("policy posterior", &at, decision.posterior(), &outcome.q_pi);
        let value = decision.posterior().iter().zip(decision.neg_efe()).map(|(p, value)| p * value).sum();
        differences.compare_one("value", &at, value, outcome.root_neg_efe);
        // In the T-maze the reference also follows combinations of observations that cannot be, as it multiplies modalities.
        if case.name.starts_with("grid") {
            assert_eq!(searched.tree, outcome.used_nodes, "{at}: another tree");
        }
    });
}

/// The entries of a table whose columns sum to 1 only as well as 32 bits can.
fn distributions(table: &Value) -> Vec<f64> {
    let values = numbers(table);
    let columns = values.len() / table.as_array().map_or(1, Vec::len);
    let sum = |column: usize| values.iter().skip(column).step_by(columns).sum::<f64>();
    values.iter().enumerate().map(|(at, value)| value / sum(at % columns)).collect()
}

impl Model {
    fn spec(&self) -> Spec {
        let size = |table: &Value| table.as_array().map_or(0, Vec::len);
        let states: Vec<usize> = self.transitions.iter().map(size).collect();
        let actions = |f: usize| {
            let given: usize = self.transition_factors[f].iter().map(|d| states[*d]).product();
            numbers(&self.transitions[f]).len() / states[f] / given
        };
        let steered: Vec<usize> = (0..states.len()).filter(|f| actions(*f) > 1).collect();
        let control = |f: usize| steered.iter().position(|s| *s == f).into_iter().collect();
        let likelihoods = self.likelihoods.iter().zip(&self.likelihood_factors);
        let transitions = self.transitions.iter().zip(&self.transition_factors).enumerate();
        Spec {
            factors: states.iter().enumerate().map(|(f, size)| axis(&format!("factor{f}"), *size)).collect(),
            controls: steered.iter().map(|f| axis(&format!("control{f}"), actions(*f))).collect(),
            modalities: self.likelihoods.iter().enumerate().map(|(m, t)| modality(&format!("m{m}"), size(t))).collect(),
            likelihoods: likelihoods
                .map(|(t, factors)| Table { factors: factors.clone(), controls: vec![], values: distributions(t) })
                .collect(),
            transitions: transitions
                .map(|(f, (t, factors))| Table {
                    factors: factors.clone(),
                    controls: control(f),
                    values: distributions(t),
                })
                .collect(),
            preferences: self
                .preferences
                .iter()
                .enumerate()
                .map(|(modality, values)| Preference::Observations { modality, values: values.clone() })
                .collect(),
            priors: states.iter().map(|size| uniform(*size)).collect(),
            learning: Vec::new(),
        }
    }
}
