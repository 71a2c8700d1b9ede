//! The tiger: behind one of two doors. What is heard depends on the action just taken, and so does the reward,
//! which is never observed.

use freeagentics_inference::engine::{Backup, Options, Policies, Search};
use freeagentics_inference::model::{Evidence, Moment, Preference, Spec};

use crate::agent::Agent;
use crate::bench_models::build::{axis, modality, table, uniform};

const LISTEN: usize = 0;
const OPEN_LEFT: usize = 1;
const OPEN_RIGHT: usize = 2;

/// Index of the hearing "left", which is also the tiger's state "left".
const LEFT: usize = 0;

#[test]
fn the_first_move_is_to_listen_however_long_the_plan() {
    for length in 1..=4 {
        let mut agent = tiger(length);
        let decision = agent.see(&[Evidence::Missing]);
        assert_eq!(decision.action(), [LISTEN], "with plans of {length}");
    }
}

#[test]
fn values_of_single_actions_are_reward_plus_what_is_learnt() {
    let mut agent = tiger(1);
    let decision = agent.see(&[Evidence::Missing]);
    let gain = super::coin_entropy(0.5) - super::coin_entropy(0.85);
    let expected = [(-1.0, gain), (-45.0, 0.0), (-45.0, 0.0)];
    for (policy, (utility, gain)) in expected.into_iter().enumerate() {
        let split = decision.split(policy);
        assert!((split.utility - utility).abs() < 1e-12, "utility of {policy} is {}", split.utility);
        assert!((split.information_gain - gain).abs() < 1e-12, "gain of {policy} is {}", split.information_gain);
    }
}

#[test]
fn odds_sharpen_with_every_hearing_until_the_other_door_is_opened() {
    let mut agent = tiger(1);
    agent.see(&[Evidence::Missing]);
    let odds: [f64; 3] = [0.85, 0.969_798_657_718_120_8, 0.994_534_412_955_465_6];
    let actions = [LISTEN, OPEN_RIGHT, OPEN_RIGHT];
    for (&expected, action) in odds.iter().zip(actions) {
        let decision = agent.see_after(&[Evidence::Index(LEFT)], &[LISTEN]);
        assert!((decision.belief(0)[LEFT] - expected).abs() < 1e-12, "odds {:?}", decision.belief(0));
        assert_eq!(decision.action(), [action], "at odds {expected}");
    }
}

#[test]
fn after_a_door_was_opened_a_hearing_says_nothing_and_the_tiger_may_be_anywhere() {
    let mut agent = tiger(1);
    agent.see(&[Evidence::Missing]);
    agent.see_after(&[Evidence::Index(LEFT)], &[LISTEN]);
    let decision = agent.see_after(&[Evidence::Index(LEFT)], &[OPEN_LEFT]);
    assert!((decision.belief(0)[LEFT] - 0.5).abs() < 1e-12, "odds {:?}", decision.belief(0));
    assert_eq!(decision.action(), [LISTEN]);
}

/// The values are those of dynamic programming over a finite horizon, by hand for the first few.
#[test]
fn searching_to_any_depth_gives_the_exact_values_and_listens_first() {
    let plain =
        [-1.0, -2.0, 2.72, 2.42125, 3.60915, 5.618_818_75, 6.246_349_875, 7.096_615_5, 8.753_839_2, 9.438_167_6];
    let discounted = [-1.0, -1.95, 2.3098, 1.795_544_218_75, 2.763_096_193, 4.428_531_315, 4.584_265_968];
    for (discount, values) in [(1.0, &plain[..]), (0.95, &discounted[..])] {
        for (depth, value) in (1..).zip(values) {
            let mut agent = searching(depth, discount);
            let decision = agent.see(&[Evidence::Missing]);
            let ours = decision.neg_efe()[LISTEN];
            assert!((ours - value).abs() < 1e-6, "{ours} at depth {depth} and discount {discount}, not {value}");
            assert_eq!(decision.action(), [LISTEN], "at depth {depth}");
            let searched = decision.searched().expect("it searches");
            assert!(searched.complete && searched.depth == depth);
        }
    }
}

fn searching(depth: usize, discount: f64) -> Agent {
    let search = Search { depth, backup: Backup::Best, ..Search::default() };
    let options = Options { discount, information: false, search: Some(search), ..Options::default() };
    Agent::new(spec(), options)
}

/// γ and selection at their defaults, no discount.
fn tiger(length: usize) -> Agent {
    Agent::new(spec(), Options { policies: Policies::All { length }, ..Options::default() })
}

fn spec() -> Spec {
    let (tiger, command) = (0, 0);
    let heard = table(&[tiger], &[command], &[2, 2, 3], |at| match at[2] {
        LISTEN if at[0] == at[1] => 0.85,
        LISTEN => 0.15,
        _ => 0.5,
    });
    let moves = table(&[tiger], &[command], &[2, 2, 3], |at| match at[2] {
        LISTEN => f64::from(at[0] == at[1]),
        _ => 0.5,
    });
    let reward = table(&[tiger], &[command], &[1, 2, 3], |at| match at[2] {
        LISTEN => -1.0,
        door if door == at[1] + OPEN_LEFT => -100.0,
        _ => 10.0,
    });
    Spec {
        factors: vec![axis("tiger", 2)],
        controls: vec![axis("command", 3)],
        modalities: vec![modality("heard", 2)],
        likelihoods: vec![heard],
        transitions: vec![moves],
        preferences: vec![Preference::Joint {
            factors: vec![tiger],
            controls: vec![command],
            at: Moment::Before,
            values: reward.values,
        }],
        priors: vec![uniform(2)],
        learning: Vec::new(),
    }
}
