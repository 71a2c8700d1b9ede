//! The engine equals the slow reference.

use std::cell::{Cell, RefCell};

use freeagentics_inference::engine::{Choice, Decision, Mode, Options, Split};

use super::for_each_model;
use super::life::Life;
use super::recipe::{Recipe, any_model, independent_model, large_model};
use crate::agent::Agent;
use crate::differences::Differences;
use crate::slow::{SlowAgent, SlowDecision, SlowSplit};

const TOLERANCE: f64 = 1e-9;
const STEPS: usize = 4;

/// How much was compared, and how much had no right answer.
#[derive(Default)]
struct Counts {
    steps: Cell<u32>,
    unsteady: Cell<u32>,
    choices: Cell<u32>,
}

#[test]
fn any_model_equals_the_slow_reference_over_several_steps() {
    let differences = RefCell::new(Differences::of("600 models of every kind"));
    let counts = Counts::default();
    for_each_model(600, any_model(), |recipe| compare_life(recipe, &differences, &counts));
    conclude(differences.into_inner(), &counts, 1500);
}

#[test]
fn models_of_many_states_equal_the_slow_reference_over_several_steps() {
    let differences = RefCell::new(Differences::of("100 models of up to 20 states"));
    let counts = Counts::default();
    for_each_model(100, large_model(), |recipe| compare_life(recipe, &differences, &counts));
    conclude(differences.into_inner(), &counts, 350);
}

#[test]
fn independent_factors_equal_the_slow_reference_over_several_steps() {
    let differences = RefCell::new(Differences::of("150 models of independent factors"));
    let counts = Counts::default();
    for_each_model(150, independent_model(), |recipe| compare_life(recipe, &differences, &counts));
    conclude(differences.into_inner(), &counts, 550);
}

fn conclude(differences: Differences, counts: &Counts, least: u32) {
    let (steps, unsteady, choices) = (counts.steps.get(), counts.unsteady.get(), counts.choices.get());
    println!("{steps} steps and {choices} choices compared, {unsteady} lives ended where only rounding decides");
    assert!(steps >= least, "only {steps} steps were compared");
    assert!(choices > steps / 4, "only {choices} choices were clear enough to be compared");
    assert!(unsteady * 20 < steps, "{unsteady} lives ended early, that is too many to trust the rest");
    differences.conclude(TOLERANCE);
}

/// One life; ends where the fixed-point iteration is decided by rounding alone.
fn compare_life(recipe: &Recipe, differences: &RefCell<Differences>, counts: &Counts) {
    let spec = recipe.spec();
    let options = recipe.options(&spec);
    let mut slow = SlowAgent::new(&spec, &options);
    let mut agent = Agent::new(spec.clone(), options.clone());
    agent.seed = recipe.seed;
    Life::new(recipe, &spec).live(STEPS, &mut agent, |moment, ours| {
        let theirs = slow.step(&moment.evidence, moment.executed.as_deref(), moment.elapsed);
        slow.choose(ours.action());
        if !theirs.steady {
            counts.unsteady.set(counts.unsteady.get() + 1);
            return false;
        }
        let mut case = Differences::of(&format!("{recipe:?}"));
        compare(&mut case, ours, &theirs, options.discount);
        // What is nearly impossible may count as possible or not: it hangs on whether a belief is dust.
        if theirs.chance == 0.0 || theirs.chance > 1e-12 {
            assert_eq!(ours.impossible(), theirs.chance == 0.0, "{recipe:?}: the chance is {}", theirs.chance);
        }
        differences.borrow_mut().merge(&case);
        case.check(TOLERANCE);
        counts.steps.set(counts.steps.get() + 1);
        counts.choices.set(counts.choices.get() + u32::from(same_choice(ours, &theirs, &options)));
        true
    });
}

fn compare(differences: &mut Differences, ours: &Decision<'_>, theirs: &SlowDecision, discount: f64) {
    for (factor, (prior, belief)) in theirs.prior.iter().zip(&theirs.belief).enumerate() {
        differences.compare("prior", "", ours.prior(factor), prior);
        differences.compare("belief", "", ours.belief(factor), belief);
    }
    differences.compare_one("free energy", "", ours.free_energy(), theirs.free_energy);
    for (modality, &surprise) in theirs.surprise.iter().enumerate() {
        assert_eq!(ours.ignored(modality), theirs.ignored[modality], "modality {modality} is ignored by one of both");
        let ours = ours.surprise(modality);
        assert_eq!(ours.is_some(), surprise.is_some(), "modality {modality}: {ours:?} instead of {surprise:?}");
        // What cannot happen has no finite surprise; how large it is then said to be is not compared.
        if let (Some(ours), Some(theirs)) = (ours, surprise.filter(|value| *value < 30.0)) {
            differences.compare_one("surprise", "", ours, theirs);
        }
    }
    differences.compare("neg_efe", "", ours.neg_efe(), &theirs.neg_efe);
    differences.compare("policy posterior", "", ours.posterior(), &theirs.posterior);
    for (control, marginal) in theirs.marginals.iter().enumerate() {
        differences.compare("action marginals", "", ours.marginal(control), marginal);
    }
    for (policy, times) in theirs.splits.iter().enumerate() {
        let whole = SlowSplit::discounted(times, discount);
        let split = ours.split(policy);
        differences.compare("splits", "", &parts(&split), &whole.parts());
        for (time, theirs) in times.iter().enumerate() {
            let split = ours.split_at(policy, time);
            differences.compare("splits per time", "", &parts(&split), &theirs.parts());
        }
    }
}

fn parts(split: &Split) -> [f64; 4] {
    [split.utility, split.information_gain, split.risk, split.ambiguity]
}

/// Whether the choice was a clear one; it is then held against the engine's.
fn same_choice(ours: &Decision<'_>, theirs: &SlowDecision, options: &Options) -> bool {
    if let Some(best) = clear_best(&theirs.posterior) {
        assert_eq!(ours.best(), best, "another policy is best");
    }
    let chosen: Option<Vec<usize>> = match (options.choice, options.mode) {
        (Choice::Deterministic, Mode::Marginal) => theirs.marginals.iter().map(|mass| clear_best(mass)).collect(),
        (Choice::Deterministic, Mode::Full) => clear_best(&theirs.posterior).map(|best| theirs.first[best].clone()),
        (Choice::Sampled, _) => None,
    };
    if let Some(action) = &chosen {
        assert_eq!(ours.action(), action, "another action is chosen");
    }
    chosen.is_some()
}

/// The largest, if it is so by more than rounding.
fn clear_best(masses: &[f64]) -> Option<usize> {
    let best = (0..masses.len()).max_by(|&a, &b| masses[a].total_cmp(&masses[b]))?;
    let clear = masses.iter().enumerate().all(|(index, mass)| index == best || masses[best] - mass > 1e-9);
    clear.then_some(best)
}
