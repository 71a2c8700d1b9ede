//! Where nothing makes a difference, the first comes first: plans, and values of controls.

use freeagentics_inference::engine::{Mode, Options, Policies};
use freeagentics_inference::model::{Evidence, Spec};

use crate::agent::Agent;
use crate::bench_models::build::{axis, modality, table, uniform};

#[test]
fn the_first_of_equal_plans_and_values_is_chosen() {
    for mode in [Mode::Full, Mode::Marginal] {
        let decision_makers = [Policies::All { length: 2 }, Policies::Listed(vec![vec![vec![1, 2]]; 4])];
        for (policies, action) in decision_makers.into_iter().zip([[0, 0], [1, 2]]) {
            let mut agent = Agent::new(indifferent(), Options { policies, mode, ..Options::default() });
            let decision = agent.see(&[Evidence::Missing]);
            assert_eq!((decision.best(), decision.action()), (0, &action[..]), "in mode {mode:?}");
        }
    }
}

#[test]
fn of_two_equal_best_plans_the_first_is_chosen_even_behind_a_worse_one() {
    let options = Options { habits: Some(vec![0.1, 0.3, 0.3, 0.1, 0.1, 0.1]), ..Options::default() };
    let mut agent = Agent::new(indifferent(), options);
    let decision = agent.see(&[Evidence::Missing]);
    assert_eq!((decision.best(), decision.action()), (1, &[0, 1][..]));
}

/// Two controls that move nothing.
fn indifferent() -> Spec {
    Spec {
        factors: vec![axis("place", 2)],
        controls: vec![axis("first", 2), axis("second", 3)],
        modalities: vec![modality("position", 2)],
        likelihoods: vec![table(&[0], &[], &[2, 2], |_| 0.5)],
        transitions: vec![table(&[0], &[], &[2, 2], |at| f64::from(at[0] == at[1]))],
        preferences: vec![],
        priors: vec![uniform(2)],
        learning: Vec::new(),
    }
}
