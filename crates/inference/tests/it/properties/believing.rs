//! Asking what an agent would do if it believed something.

use freeagentics_inference::engine::Input;
use freeagentics_inference::model::Evidence;

use super::for_each_model;
use super::recipe::{Recipe, any_model};
use crate::agent::engine;

#[test]
fn believing_the_prior_decides_as_the_start_does_to_the_same_bits() {
    for_each_model(300, any_model(), |recipe| {
        let spec = recipe.spec();
        let options = recipe.options(&spec);
        let (priors, unseen) = (spec.priors.clone(), vec![Evidence::Missing; spec.modalities.len()]);
        let engine = engine(spec, options);
        let decide = |mut state, elapsed| {
            let mut scratch = engine.scratch();
            let input = Input { evidence: &unseen, executed: None, elapsed };
            engine.step(&mut state, &input, 7, &mut scratch).expect("the step is taken").digest()
        };
        let believing = engine.believing(&priors).expect("priors are distributions");
        assert_eq!(decide(believing, 0), decide(engine.start(), 1), "{recipe:?}");
    });
}

#[test]
fn what_is_no_belief_is_refused() {
    let recipe = Recipe::numbered(1);
    let spec = recipe.spec();
    let options = recipe.options(&spec);
    let priors = spec.priors.clone();
    let engine = engine(spec, options);
    let mut unnormalised = priors.clone();
    unnormalised[0][0] += 0.5;
    assert!(engine.believing(&unnormalised).is_none());
    assert!(engine.believing(&priors[1..]).is_none());
    assert!(engine.believing(&priors).is_some());
}

#[test]
fn a_state_tells_what_the_last_decision_believed_and_nothing_before_a_first_step() {
    for_each_model(100, any_model(), |recipe| {
        let spec = recipe.spec();
        let (options, unseen) = (recipe.options(&spec), vec![Evidence::Missing; spec.modalities.len()]);
        let n_factors = spec.factors.len();
        let engine = engine(spec, options);
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        assert_eq!(engine.belief(&state, 0), None);
        let decision = engine.step(&mut state, &Input::new(&unseen), 7, &mut scratch).expect("the step is taken");
        let believed: Vec<Vec<f64>> = (0..n_factors).map(|factor| decision.belief(factor).to_vec()).collect();
        for (factor, belief) in believed.iter().enumerate() {
            assert_eq!(engine.belief(&state, factor), Some(belief.as_slice()), "{recipe:?}");
        }
        assert_eq!(engine.belief(&state, n_factors), None);
        state.reset();
        assert_eq!(engine.belief(&state, 0), None);
    });
}
