//! The two-armed bandit with a hint: the hint is right 70 % of the time, the better arm pays 80 % of the time.

use freeagentics_inference::engine::{Options, Policies};
use freeagentics_inference::model::{Evidence, Spec};

use super::coin_entropy;
use crate::agent::Agent;
use crate::bench_models::build::{axis, modality, over_observations, table, uniform};
use crate::slow::{ln_plus, softmax};

const HINT_IS_RIGHT: f64 = 0.7;
const BETTER_ARM_PAYS: f64 = 0.8;

/// Choices: where the agent is, and where it can go.
const START: usize = 0;
const HINT: usize = 1;
const LEFT: usize = 2;
const RIGHT: usize = 3;

#[test]
fn the_hint_is_worth_what_the_textbook_says() {
    let mut agent = Agent::new(bandit(), Options { policies: Policies::All { length: 1 }, ..Options::default() });
    let decision = agent.see(&at(START, 0, 0));
    let expected = [-4.614_015_559, -4.531_732_680, -5.421_270_802, -5.421_270_802];
    for (ours, theirs) in decision.neg_efe().iter().zip(expected) {
        assert!((ours - theirs).abs() < 1e-6, "{:?} instead of {expected:?}", decision.neg_efe());
    }
    assert_eq!(decision.action(), [HINT]);
    let gain = decision.neg_efe()[HINT] - decision.neg_efe()[START];
    assert!((gain - (coin_entropy(0.5) - coin_entropy(HINT_IS_RIGHT))).abs() < 1e-12, "the hint is worth {gain}");
    println!("bandit: neg_efe {:?}, gain of the hint {gain:.6}", decision.neg_efe());
}

#[test]
fn the_arm_that_the_hint_names_is_the_better_arm_to_take() {
    for (hint, named, other) in [(1, LEFT, RIGHT), (2, RIGHT, LEFT)] {
        let mut agent = Agent::new(bandit(), Options::default());
        agent.see(&at(START, 0, 0));
        let decision = agent.see(&at(HINT, hint, 0));
        assert!((decision.belief(0)[hint - 1] - HINT_IS_RIGHT).abs() < 1e-12, "odds {:?}", decision.belief(0));
        assert!(decision.neg_efe()[named] > decision.neg_efe()[other] + 1.0, "{:?}", decision.neg_efe());
    }
}

/// What is seen at a place: the hint (none, left, right) and the pay (none, loss, win).
fn at(place: usize, hint: usize, pay: usize) -> [Evidence; 3] {
    [hint, pay, place].map(Evidence::Index)
}

fn bandit() -> Spec {
    let (better, place, go) = (0, 1, 0);
    let hint = table(&[better, place], &[], &[3, 2, 4], |at| match (at[2], at[0]) {
        (HINT, 0) => 0.0,
        (HINT, named) if named == at[1] + 1 => HINT_IS_RIGHT,
        (HINT, _) => 1.0 - HINT_IS_RIGHT,
        (_, nothing) => f64::from(nothing == 0),
    });
    let pay = table(&[better, place], &[], &[3, 2, 4], |at| match (at[2], at[0]) {
        (LEFT | RIGHT, 0) => 0.0,
        (LEFT | RIGHT, pay) if (pay == 2) == (at[2] == at[1] + LEFT) => BETTER_ARM_PAYS,
        (LEFT | RIGHT, _) => 1.0 - BETTER_ARM_PAYS,
        (_, nothing) => f64::from(nothing == 0),
    });
    let position = table(&[place], &[], &[4, 4], |at| f64::from(at[0] == at[1]));
    let stays = table(&[better], &[], &[2, 2], |at| f64::from(at[0] == at[1]));
    let moves = table(&[place], &[go], &[4, 4, 4], |at| f64::from(at[0] == at[2]));
    Spec {
        factors: vec![axis("better", 2), axis("place", 4)],
        controls: vec![axis("go", 4)],
        modalities: vec![modality("hint", 3), modality("pay", 3), modality("position", 4)],
        likelihoods: vec![hint, pay, position],
        transitions: vec![stays, moves],
        // Older versions took preferences as logits of a distribution; the textbook's numbers are such.
        preferences: [vec![0.0; 3], vec![0.0, -4.0, 2.0], vec![0.0; 4]]
            .iter()
            .map(|logits| softmax(logits).into_iter().map(ln_plus).collect::<Vec<_>>())
            .enumerate()
            .map(|(modality, values)| over_observations(modality, &values))
            .collect(),
        priors: vec![uniform(2), vec![1.0, 0.0, 0.0, 0.0]],
        learning: Vec::new(),
    }
}
