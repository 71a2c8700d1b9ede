//! Looking back over a window: exact where it can be, by the sum over every path.

use std::cell::{Cell, RefCell};

use freeagentics_inference::engine::{Scheme, StepError, Window};
use freeagentics_inference::model::{Evidence, Spec};

use super::for_each_model;
use super::life::Life;
use super::recipe::{Recipe, any_model};
use super::tables::Tables;
use crate::agent::{Agent, engine};
use crate::differences::Differences;
use crate::slow::{combinations, entry};

const STEPS: usize = 4;

#[test]
fn smoothing_one_factor_is_the_sum_over_every_path() {
    let differences = RefCell::new(Differences::of("200 models of one factor"));
    let compared = Cell::new(0);
    for_each_model(200, any_model(), |recipe| {
        let recipe = Recipe { factors: 1, extent: 3, tables: Tables::Positive, ..*recipe };
        let spec = recipe.spec();
        let (evidence, actions) = lived(&recipe, &spec);
        let window = Window { evidence: &evidence, actions: &actions, prior: None };
        let engine = engine(spec.clone(), recipe.options(&spec));
        let ours = engine.infer_window(&window, Scheme::Smoothing).expect("it is a window");
        let theirs = paths(&spec, &evidence, &actions);
        let mut case = Differences::of(&format!("{recipe:?}"));
        for (step, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            case.compare("belief", &format!("step {step}"), &ours[0], theirs);
        }
        compared.set(compared.get() + ours.len());
        differences.borrow_mut().merge(&case);
        case.check(1e-9);
    });
    assert_eq!(compared.get(), 200 * STEPS);
    differences.into_inner().conclude(1e-9);
}

/// What is seen and done in a short life.
fn lived(recipe: &Recipe, spec: &Spec) -> (Vec<Vec<Evidence>>, Vec<Vec<usize>>) {
    let mut agent = Agent::new(spec.clone(), recipe.options(spec));
    let (mut evidence, mut actions) = (Vec::new(), Vec::new());
    Life::new(recipe, spec).live(STEPS, &mut agent, |moment, decision| {
        evidence.push(moment.evidence.clone());
        actions.push(decision.action().to_vec());
        true
    });
    actions.pop();
    (evidence, actions)
}

/// How probable each state is at each step: the sum over all paths through it.
fn paths(spec: &Spec, evidence: &[Vec<Evidence>], actions: &[Vec<usize>]) -> Vec<Vec<f64>> {
    let states = spec.factors[0].labels.len();
    let mut beliefs = vec![vec![0.0; states]; evidence.len()];
    for path in combinations(&vec![states; evidence.len()]) {
        let mut p = spec.priors[0][path[0]];
        for step in 0..path.len() {
            if step > 0 {
                p *= entry(spec, &spec.transitions[0], path[step], &[path[step - 1]], &actions[step - 1]);
            }
            p *= likelihood(spec, &evidence[step], path[step], step.checked_sub(1).map(|before| &actions[before]));
        }
        path.iter().enumerate().for_each(|(step, state)| beliefs[step][*state] += p);
    }
    for belief in &mut beliefs {
        let sum: f64 = belief.iter().sum();
        belief.iter_mut().for_each(|p| *p /= sum);
    }
    beliefs
}

/// Soft observations weigh logarithms, as everywhere.
#[expect(clippy::disallowed_methods, reason = "the judge of the engine's logarithm may not be that logarithm")]
pub(super) fn likelihood(spec: &Spec, evidence: &[Evidence], state: usize, preceding: Option<&Vec<usize>>) -> f64 {
    let mut log = 0.0;
    for (modality, evidence) in evidence.iter().enumerate() {
        let table = &spec.likelihoods[modality];
        let mut action = vec![0; spec.controls.len()];
        match (preceding, &spec.modalities[modality].initial) {
            (Some(preceding), _) => action.clone_from(preceding),
            (None, Some(initial)) => table.controls.iter().zip(initial).for_each(|(c, value)| action[*c] = *value),
            (None, None) if table.controls.is_empty() => {}
            (None, None) => continue,
        }
        let ln = |o: usize| entry(spec, table, o, &[state], &action).ln();
        log += match evidence {
            Evidence::Missing => 0.0,
            Evidence::Index(seen) => ln(*seen),
            Evidence::Soft(weights) => weights.iter().enumerate().map(|(o, weight)| weight * ln(o)).sum(),
        };
    }
    log.exp()
}

#[test]
fn a_window_that_does_not_fit_is_refused() {
    let recipe = Recipe::numbered(4);
    let spec = recipe.spec();
    let engine = engine(spec.clone(), recipe.options(&spec));
    let nothing = vec![Evidence::Missing; spec.modalities.len()];
    let evidence = [nothing.clone(), nothing];
    let without_action = Window { evidence: &evidence, actions: &[], prior: None };
    assert_eq!(engine.infer_window(&without_action, Scheme::Marginal), Err(StepError::Executed));
    let wrong_prior = Window { evidence: &evidence[..1], actions: &[], prior: Some(&[]) };
    assert_eq!(engine.infer_window(&wrong_prior, Scheme::Smoothing), Err(StepError::Foreign("prior")));
}
