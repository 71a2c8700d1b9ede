//! The T-maze: four places (centre, left arm, right arm, cue) and which arm is baited.

use freeagentics_inference::model::Spec;

use super::build::{axis, blurred, modality, over_observations, table, uniform};

const CENTRE: usize = 0;
const CUE: usize = 3;

pub(super) fn spec(noise: f64) -> Spec {
    let (place, bait, go) = (0, 1, 0);
    let where_am_i = table(&[place, bait], &[], &[4, 4, 2], |at| if at[0] == at[1] { 1.0 } else { 0.0 });
    let reward = table(&[place, bait], &[], &[3, 4, 2], |at| reward_probability(at[0], at[1], at[2]));
    let cue = table(&[place, bait], &[], &[2, 4, 2], |at| match at[1] {
        CUE if at[0] == at[2] => 1.0,
        CUE => 0.0,
        _ => 0.5,
    });
    let moves = table(&[place], &[go], &[4, 4, 4], |at| if at[0] == at[2] { 1.0 } else { 0.0 });
    let stays = table(&[bait], &[], &[2, 2], |at| if at[0] == at[1] { 1.0 } else { 0.0 });
    Spec {
        factors: vec![axis("place", 4), axis("bait", 2)],
        controls: vec![axis("go", 4)],
        modalities: vec![modality("position", 4), modality("reward", 3), modality("cue", 2)],
        likelihoods: vec![blurred(where_am_i, 4, noise), blurred(reward, 3, noise), blurred(cue, 2, noise)],
        transitions: vec![blurred(moves, 4, noise), blurred(stays, 2, noise)],
        preferences: vec![
            over_observations(0, &[0.0; 4]),
            over_observations(1, &[0.0, 3.0, -3.0]),
            over_observations(2, &[0.0; 2]),
        ],
        priors: vec![vec![1.0, 0.0, 0.0, 0.0], uniform(2)],
        learning: Vec::new(),
    }
}

/// Observations are nothing, reward, loss; the baited arm is place `bait + 1`.
fn reward_probability(observation: usize, place: usize, bait: usize) -> f64 {
    match (observation, place) {
        (0, CENTRE | CUE) => 1.0,
        (0, _) | (_, CENTRE | CUE) => 0.0,
        (1, arm) if arm == bait + 1 => 0.98,
        (2, arm) if arm != bait + 1 => 0.98,
        _ => 0.02,
    }
}
