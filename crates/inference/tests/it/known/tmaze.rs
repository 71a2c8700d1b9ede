//! The T-maze: a cautious rat reads the cue before it takes an arm.

use freeagentics_inference::engine::{Mode, Options};
use freeagentics_inference::model::Evidence;

use crate::agent::Agent;
use crate::bench_models;

const CENTRE: usize = 0;
const CUE: usize = 3;

#[test]
fn the_agent_goes_to_the_cue_and_then_to_the_arm_it_names() {
    for mode in [Mode::Full, Mode::Marginal] {
        for baited in [0, 1] {
            let arm = baited + 1;
            let mut agent = tmaze(mode);
            assert_eq!(agent.see(&at(CENTRE, 0, None)).action(), [CUE], "first move in mode {mode:?}");
            let decision = agent.see(&at(CUE, 0, Some(baited)));
            assert_eq!(decision.action(), [arm], "after the cue named arm {arm} in mode {mode:?}");
            assert!(decision.belief(1)[baited] > 0.999_999, "odds {:?}", decision.belief(1));
            let decision = agent.see(&at(arm, 1, None));
            assert_eq!(decision.action(), [arm], "it stays where the reward is");
        }
    }
}

#[test]
fn without_a_word_from_the_cue_neither_arm_is_better() {
    let mut agent = tmaze(Mode::Full);
    agent.see(&at(CENTRE, 0, None));
    let missing = [Evidence::Index(CUE), Evidence::Index(0), Evidence::Missing];
    let decision = agent.see(&missing);
    let marginal = decision.marginal(0);
    assert!((marginal[1] - marginal[2]).abs() < 1e-12, "{marginal:?}");
}

/// What is seen at a place; anywhere but at the cue, the cue modality is a toss of a coin and says nothing.
fn at(place: usize, reward: usize, cue: Option<usize>) -> [Evidence; 3] {
    [Evidence::Index(place), Evidence::Index(reward), Evidence::Index(cue.unwrap_or(0))]
}

fn tmaze(mode: Mode) -> Agent {
    let model = bench_models::all().into_iter().find(|model| model.name == "tmaze_16").expect("it is among them");
    Agent::new(model.spec, Options { mode, ..model.options })
}
