//! The Asia network (Lauritzen and Spiegelhalter 1988): is it lung cancer, and which test should come next?

use freeagentics_inference::engine::Options;
use freeagentics_inference::model::{Evidence, Spec};

use crate::agent::Agent;
use crate::bench_models::build::{axis, modality, table};
use crate::slow::combinations;

/// The places of the causes in a state; each is 0 (no) or 1 (yes).
const ASIA: usize = 0;
const TUBERCULOSIS: usize = 1;
const SMOKE: usize = 2;
const LUNG: usize = 3;
const BRONCHITIS: usize = 4;

/// The tests that may be made: an x-ray, asking whether they smoke, whether they are short of breath.
const XRAY: usize = 0;
const ASK_SMOKE: usize = 1;
const DYSPNOEA: usize = 2;

#[test]
fn an_abnormal_xray_makes_lung_cancer_about_even() {
    let states = causes();
    let mut agent = Agent::new(flattened(&states), Options::default());
    let decision = agent.see(&[Evidence::Index(1), Evidence::Missing, Evidence::Missing]);
    let lung: f64 = states.iter().zip(decision.belief(0)).filter(|(s, _)| s[LUNG] == 1).map(|(_, p)| p).sum();
    println!("asia: P(lung | xray) = {lung:.6}");
    assert!((lung - 0.488_711).abs() < 5e-7, "P(lung | xray) = {lung}");
}

#[test]
fn the_xray_tells_most_about_lung_cancer_then_smoking_then_dyspnoea() {
    let mut agent = Agent::new(which_test(&causes()), Options::default());
    let decision = agent.see(&[Evidence::Missing]);
    assert_eq!(decision.action(), [XRAY]);
    let expected = [(XRAY, 0.128_099), (ASK_SMOKE, 0.022_440), (DYSPNOEA, 0.017_594)];
    for (test, nats) in expected {
        let gain = decision.split(test).information_gain;
        println!("asia: test {test} is worth {gain:.6} nats");
        assert!((gain - nats).abs() < 5e-7, "test {test} is worth {gain}, not {nats}");
    }
}

/// Every combination of the five causes as one factor, and what each test shows.
fn flattened(states: &[Vec<usize>]) -> Spec {
    let shows = |test: usize| table(&[0], &[], &[2, states.len()], |at| result(test, at[0], &states[at[1]]));
    Spec {
        factors: vec![axis("causes", states.len())],
        controls: vec![],
        modalities: vec![modality("xray", 2), modality("smoke", 2), modality("dyspnoea", 2)],
        likelihoods: [XRAY, ASK_SMOKE, DYSPNOEA].map(shows).to_vec(),
        transitions: vec![table(&[0], &[], &[states.len(); 2], |at| f64::from(at[0] == at[1]))],
        preferences: vec![],
        priors: vec![states.iter().map(|state| prior(state)).collect()],
        learning: Vec::new(),
    }
}

/// Lung cancer alone as the factor, the test to make as the control: the other causes are summed out.
fn which_test(states: &[Vec<usize>]) -> Spec {
    let mass = |lung: usize| states.iter().filter(|s| s[LUNG] == lung).map(|s| prior(s)).sum::<f64>();
    let given_lung = |outcome: usize, lung: usize, test: usize| {
        let having = states.iter().filter(|s| s[LUNG] == lung);
        having.map(|s| prior(s) * result(test, outcome, s)).sum::<f64>() / mass(lung)
    };
    Spec {
        factors: vec![axis("lung", 2)],
        controls: vec![axis("test", 3)],
        modalities: vec![modality("result", 2)],
        likelihoods: vec![table(&[0], &[0], &[2, 2, 3], |at| given_lung(at[0], at[1], at[2]))],
        transitions: vec![table(&[0], &[], &[2, 2], |at| f64::from(at[0] == at[1]))],
        preferences: vec![],
        priors: vec![vec![mass(0), mass(1)]],
        learning: Vec::new(),
    }
}

fn causes() -> Vec<Vec<usize>> {
    combinations(&[2; 5])
}

fn prior(state: &[usize]) -> f64 {
    let yes = |place: usize, probability: f64| if state[place] == 1 { probability } else { 1.0 - probability };
    let smokes = state[SMOKE] == 1;
    yes(ASIA, 0.01)
        * yes(TUBERCULOSIS, if state[ASIA] == 1 { 0.05 } else { 0.01 })
        * yes(SMOKE, 0.5)
        * yes(LUNG, if smokes { 0.1 } else { 0.01 })
        * yes(BRONCHITIS, if smokes { 0.6 } else { 0.3 })
}

/// How probable a test's outcome is.
fn result(test: usize, outcome: usize, state: &[usize]) -> f64 {
    let either = state[TUBERCULOSIS] == 1 || state[LUNG] == 1;
    let positive = match test {
        XRAY => [0.05, 0.98][usize::from(either)],
        ASK_SMOKE => f64::from(state[SMOKE] == 1),
        _ => match (state[BRONCHITIS] == 1, either) {
            (true, true) => 0.9,
            (false, true) => 0.7,
            (true, false) => 0.8,
            (false, false) => 0.1,
        },
    };
    if outcome == 1 { positive } else { 1.0 - positive }
}
