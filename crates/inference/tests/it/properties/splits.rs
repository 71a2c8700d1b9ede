//! Every split adds up, and what is looked at is worth no less than nothing.

use freeagentics_inference::engine::{Decision, Engine, Split};

use super::for_each_model;
use super::life::Life;
use super::recipe::{Recipe, any_model};
use crate::agent::Agent;

/// Sums of some dozen numbers of up to a few hundred nats.
const ROUNDING: f64 = 1e-10;

#[test]
fn the_parts_of_every_policy_add_up_both_ways_and_over_time() {
    for_each_model(2000, any_model(), |recipe| {
        let spec = recipe.spec();
        let mut agent = Agent::new(spec.clone(), recipe.options(&spec));
        let engine = agent.engine.clone();
        Life::new(recipe, &spec).live(3, &mut agent, |_, decision| {
            (0..engine.n_policies()).for_each(|policy| adds_up(recipe, &engine, decision, policy));
            true
        });
    });
}

fn adds_up(recipe: &Recipe, engine: &Engine, decision: &Decision<'_>, policy: usize) {
    let whole = decision.split(policy);
    let neg_efe = decision.neg_efe()[policy];
    near(recipe, "utility + information gain", whole.utility + whole.information_gain, neg_efe);
    near(recipe, "-(risk + ambiguity)", -(whole.risk + whole.ambiguity), neg_efe);
    let times: Vec<Split> = (0..engine.policy_len()).map(|time| decision.split_at(policy, time)).collect();
    let sum = |part: fn(&Split) -> f64| {
        let later = times.iter().rev();
        later.fold(0.0, |rest, split| part(split) + engine.options().discount * rest)
    };
    near(recipe, "utility over time", sum(|split| split.utility), whole.utility);
    near(recipe, "gain over time", sum(|split| split.information_gain), whole.information_gain);
    near(recipe, "risk over time", sum(|split| split.risk), whole.risk);
    near(recipe, "ambiguity over time", sum(|split| split.ambiguity), whole.ambiguity);
    assert!(times.iter().all(|split| split.information_gain > -ROUNDING), "{recipe:?}: a look costs information");
    assert!(times.iter().all(|split| split.ambiguity > -ROUNDING), "{recipe:?}: ambiguity below zero");
}

fn near(recipe: &Recipe, what: &str, ours: f64, expected: f64) {
    assert!((ours - expected).abs() <= ROUNDING, "{recipe:?}: {what} is {ours}, not {expected}");
}
