//! Names in another order give the same answers in another order.

use std::cell::{Cell, RefCell};

use freeagentics_inference::engine::{Choice, Decision};

use super::for_each_model;
use super::life::Life;
use super::recipe::{Recipe, any_model};
use super::renaming::{Renaming, reordered};
use crate::agent::Agent;
use crate::differences::Differences;
use crate::slow::SlowAgent;

const TOLERANCE: f64 = 1e-12;

#[test]
fn names_in_another_order_give_the_same_answers_in_another_order() {
    let differences = RefCell::new(Differences::of("500 renamed models"));
    let steps = Cell::new(0);
    for_each_model(500, any_model(), |recipe| {
        let mut case = Differences::of(&format!("{recipe:?}"));
        steps.set(steps.get() + compare_lives(recipe, &mut case));
        differences.borrow_mut().merge(&case);
        case.check(TOLERANCE);
    });
    println!("{} steps compared", steps.get());
    assert!(steps.get() > 1200, "only {} steps were compared", steps.get());
    differences.into_inner().conclude(TOLERANCE);
}

/// Both agents see and do the same; the number of steps that were compared.
fn compare_lives(recipe: &Recipe, differences: &mut Differences) -> u32 {
    let old = recipe.spec();
    let mut options = recipe.options(&old);
    options.choice = Choice::Deterministic;
    let renaming = Renaming::random(&old, &mut recipe.generator(5));
    let new = renaming.spec(&old);
    let (new_options, order) = renaming.options(&old, &new, &options);
    let mut slow = SlowAgent::new(&old, &options);
    let mut agent = Agent::new(old.clone(), options.clone());
    let mut renamed = Agent::new(new, new_options);
    let (mut steps, mut chosen) = (0, None);
    Life::new(recipe, &old).live(3, &mut agent, |moment, decision| {
        let steady = slow.step(&moment.evidence, moment.executed.as_deref(), moment.elapsed).steady;
        slow.choose(decision.action());
        if !steady {
            return false;
        }
        // Ties are broken by the order, so the renamed agent is told what was done.
        let executed = moment.executed.clone().or(chosen.take()).map(|action: Vec<usize>| renaming.action(&action));
        let evidence = renaming.evidence(&moment.evidence);
        let theirs = renamed.step(&evidence, executed.as_deref(), moment.elapsed).expect("the step is taken");
        compare(differences, &renaming, &order, &theirs, decision);
        chosen = Some(decision.action().to_vec());
        steps += 1;
        true
    });
    steps
}

fn compare(differences: &mut Differences, by: &Renaming, order: &[usize], new: &Decision<'_>, old: &Decision<'_>) {
    for (factor, &was) in by.factors.iter().enumerate() {
        differences.compare("prior", "", new.prior(factor), &reordered(old.prior(was), &by.states[was]));
        differences.compare("belief", "", new.belief(factor), &reordered(old.belief(was), &by.states[was]));
    }
    differences.compare_one("free energy", "", new.free_energy(), old.free_energy());
    assert_eq!(new.impossible(), old.impossible(), "only one of both is impossible");
    differences.compare("neg_efe", "", new.neg_efe(), &reordered(old.neg_efe(), order));
    differences.compare("policy posterior", "", new.posterior(), &reordered(old.posterior(), order));
    for (control, &was) in by.controls.iter().enumerate() {
        let marginal = reordered(old.marginal(was), &by.values[was]);
        differences.compare("action marginals", "", new.marginal(control), &marginal);
    }
}
