//! Policy-conditioned message passing as in SPM and in the older implementation, by the scheme that the tests have written out.

use serde_json::Value;

use super::recording::{json, numbers};
use crate::differences::Differences;
use crate::slow::SpmWindow;

/// As they were recorded.
const TOLERANCE: f64 = 1e-5;

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    list(value).iter().map(numbers).collect()
}

fn transitions(value: &Value) -> Vec<Vec<Vec<Vec<f64>>>> {
    let table = |table: &Value| list(table).iter().map(rows).collect();
    list(value).iter().map(table).collect()
}

fn actions(value: &Value) -> Vec<Vec<usize>> {
    rows(value).iter().map(|row| row.iter().map(|action| *action as usize).collect()).collect()
}

fn uniform(transitions: &[Vec<Vec<Vec<f64>>>]) -> Vec<Vec<f64>> {
    transitions.iter().map(|table| vec![1.0 / table.len() as f64; table.len()]).collect()
}

#[test]
fn the_scheme_of_spm_comes_to_what_spm_came_to() {
    let file = json("legacy_06_spm_mmp_resolved");
    let cases = file["cases"].as_object().expect("cases by name");
    assert_eq!(cases.len(), 4);
    for (name, case) in cases {
        let mut differences = Differences::of(&format!("legacy_06 {name}"));
        let transitions = transitions(&case["B"]);
        let prior = if case["prior"].is_null() { uniform(&transitions) } else { rows(&case["prior"]) };
        let window = SpmWindow {
            likelihoods: rows(&case["lh_seq"]),
            actions: [actions(&case["prev_actions"]), actions(&case["policy"])].concat(),
            rounds: case["num_iter"].as_u64().expect("a number") as usize,
            is_last: case["last_timestep"].as_bool().expect("a truth value"),
            transitions,
            prior,
        };
        let (beliefs, free_energy) = window.infer();
        for (step, theirs) in list(&case["pymdp_qs_seq"]).iter().enumerate() {
            for (factor, theirs) in rows(theirs).iter().enumerate() {
                differences.compare("belief", &format!("step {step}"), &beliefs[step][factor], theirs);
            }
        }
        for (factor, theirs) in rows(&case["spm_qs_last"]).iter().enumerate() {
            differences.compare("belief of SPM", "the last step", &beliefs[beliefs.len() - 1][factor], theirs);
        }
        differences.compare_one("free energy", "", free_energy, case["pymdp_F"].as_f64().expect("a number"));
        differences.conclude(TOLERANCE);
    }
}

/// As long as the window is not full, its prior is the model's: what comes later hangs on averages over policies, which this
/// scheme does not have.
#[test]
fn beliefs_under_each_policy_equal_those_of_the_older_implementation() {
    let file = json("legacy_04_mmp_bma");
    let horizon = file["options"]["inference_horizon"].as_u64().expect("a number") as usize;
    let likelihoods: Vec<Vec<Vec<f64>>> = list(&file["model"]["A"]).iter().map(rows).collect();
    let steps = list(&file["steps"]);
    let mut differences = Differences::of("legacy_04");
    let (mut seen, mut done) = (Vec::new(), Vec::new());
    for (t, step) in steps.iter().enumerate().take(horizon) {
        let seen_now = numbers(&step["obs"]);
        // Per joint state the product over the modalities.
        let tables = likelihoods.iter().zip(&seen_now).map(|(table, o)| table[*o as usize].clone());
        let joint = tables.reduce(|all, table| all.iter().zip(&table).map(|(a, b)| a * b).collect());
        seen.push(joint.expect("there are modalities"));
        let policies = list(&file["policies"]);
        for (policy, plan) in policies.iter().enumerate() {
            let window = SpmWindow {
                likelihoods: seen.clone(),
                transitions: transitions(&file["model"]["B"]),
                actions: [done.clone(), actions(plan)].concat(),
                prior: rows(&file["D_used"]),
                rounds: file["inference_params"]["num_iter"].as_u64().expect("a number") as usize,
                is_last: false,
            };
            let (beliefs, free_energy) = window.infer();
            let at = format!("step {t}, policy {policy}");
            for (moment, theirs) in list(&step["qs_pi"][policy]).iter().enumerate() {
                for (factor, theirs) in rows(theirs).iter().enumerate() {
                    differences.compare("belief", &at, &beliefs[moment][factor], theirs);
                }
            }
            let theirs = step["F"][policy].as_f64().expect("a number");
            differences.compare_one("free energy", &at, free_energy, theirs);
        }
        done.push(numbers(&step["action"]).iter().map(|action| *action as usize).collect());
    }
    differences.conclude(TOLERANCE);
}
