//! An agent that learns decides, at every step, like one whose model says what its counts say; and its counts are those of
//! the book.

use std::cell::{Cell, RefCell};

use freeagentics_inference::engine::{Impossible, Options, SavedError};
use freeagentics_inference::model::{Evidence, Learnable, Spec};

use super::for_each_model;
use super::life::Life;
use super::recipe::{Recipe, learning_model};
use crate::agent::Agent;
use crate::differences::Differences;
use crate::slow::{Ledger, Lived, SlowAgent};

const TOLERANCE: f64 = 1e-8;
const STEPS: usize = 6;

#[test]
fn what_is_learnt_equals_the_slow_reference() {
    let differences = RefCell::new(Differences::of("400 models of which something is learnt"));
    let (steps, taught) = (Cell::new(0), Cell::new(0));
    for_each_model(400, learning_model(), |recipe| {
        live(recipe, &differences, &steps, &taught);
    });
    println!("{} steps compared, {} of which were expected to teach something", steps.get(), taught.get());
    assert!(steps.get() > 1500 && taught.get() > 500);
    differences.into_inner().conclude(TOLERANCE);
}

fn live(recipe: &Recipe, differences: &RefCell<Differences>, steps: &Cell<u32>, taught: &Cell<u32>) {
    let spec = recipe.spec();
    let options = Options { goal: None, ..recipe.options(&spec) };
    let mut ledger = Ledger::new(&spec, &options);
    let mut agent = Agent::new(spec.clone(), options);
    let mut before: Option<(Vec<Vec<f64>>, Vec<usize>)> = None;
    let mut life = Life::new(recipe, &spec);
    let mut moment = life.first();
    let mut g = recipe.generator(9);
    for _ in 0..STEPS {
        if before.is_none() {
            ledger.begin();
        }
        let (model, options) = ledger.model(&spec);
        let mut slow = SlowAgent::new(&model, &options);
        if let Some((belief, action)) = &before {
            slow.believe(belief.clone(), action.clone());
        }
        let theirs = slow.step(&moment.evidence, moment.executed.as_deref(), moment.elapsed);
        let step = agent.step(&moment.evidence, moment.executed.as_deref(), moment.elapsed);
        let ours = step.expect("the step is taken");
        if !theirs.steady || (theirs.chance < 1e-12 && theirs.chance > 0.0) {
            return; // Only rounding decides what is believed here.
        }
        let mut case = Differences::of(&format!("{recipe:?}"));
        for (factor, belief) in theirs.belief.iter().enumerate() {
            case.compare("belief", "", ours.belief(factor), belief);
        }
        for policy in 0..agent_policies(&ours) {
            compare_plan(&mut case, &ledger, &model, &options, &ours, policy, &theirs.splits[policy], &theirs.belief);
        }
        let lived =
            lived(&spec, &before, &moment.evidence, moment.executed.as_deref(), moment.elapsed, &ours, &options);
        taught.set(taught.get() + u32::from(ours.split(0).novelty > 1e-3));
        steps.set(steps.get() + 1);
        let chosen = ours.action().to_vec();
        let belief = lived.belief.clone();
        if !ours.impossible() {
            lived.tell(&spec, &mut ledger);
        }
        for (what, counts) in ledger.counts() {
            let ours = agent.engine.counts(&agent.state, what).expect("it is learnt");
            case.compare("counts", &format!("{what:?}"), &ours, &counts);
        }
        differences.borrow_mut().merge(&case);
        case.check(TOLERANCE);
        moment = life.after(&chosen);
        before = Some((belief, chosen));
        if g.index(4) == 0 {
            agent.state.reset();
            before = None;
        }
    }
}

fn agent_policies(decision: &freeagentics_inference::engine::Decision<'_>) -> usize {
    decision.neg_efe().len()
}

#[expect(clippy::too_many_arguments, reason = "all that one plan is compared by")]
fn compare_plan(
    case: &mut Differences,
    ledger: &Ledger,
    model: &Spec,
    options: &Options,
    ours: &freeagentics_inference::engine::Decision<'_>,
    policy: usize,
    theirs: &[crate::slow::SlowSplit],
    belief: &[Vec<f64>],
) {
    let plan = crate::slow::policies(model, options)[policy].clone();
    let novelty = ledger.novelty(model, belief, &plan);
    let (mut weight, mut worth) = (1.0, 0.0);
    for (time, (theirs, novelty)) in theirs.iter().zip(&novelty).enumerate() {
        let split = ours.split_at(policy, time);
        let gain = if options.information { theirs.information_gain } else { 0.0 };
        let novelty = if options.novelty { *novelty } else { 0.0 };
        case.compare_one("utility", "", split.utility, theirs.utility);
        case.compare_one("information gain", "", split.information_gain, gain);
        case.compare_one("novelty", "", split.novelty, novelty);
        worth += weight * (theirs.utility + gain + novelty);
        weight *= options.discount;
    }
    case.compare_one("neg_efe", "", ours.neg_efe()[policy], worth);
}

/// A step as the ledger is told of it.
struct Told {
    before: Option<(Vec<Vec<f64>>, Vec<usize>)>,
    one_tick: bool,
    belief: Vec<Vec<f64>>,
    evidence: Vec<Evidence>,
    preceding: Vec<Option<Vec<usize>>>,
    posterior: Vec<f64>,
}

fn lived(
    spec: &Spec,
    before: &Option<(Vec<Vec<f64>>, Vec<usize>)>,
    evidence: &[Evidence],
    executed: Option<&[usize]>,
    elapsed: u32,
    ours: &freeagentics_inference::engine::Decision<'_>,
    options: &Options,
) -> Told {
    let _ = options;
    let executed = |chosen: &Vec<usize>| executed.map_or_else(|| chosen.clone(), <[usize]>::to_vec);
    Told {
        before: before.as_ref().map(|(belief, chosen)| (belief.clone(), executed(chosen))),
        one_tick: elapsed == 1,
        belief: (0..spec.factors.len()).map(|factor| ours.belief(factor).to_vec()).collect(),
        evidence: evidence.to_vec(),
        preceding: (0..spec.modalities.len())
            .map(|m| {
                let indifferent = spec.likelihoods[m].controls.is_empty();
                let nothing = || indifferent.then(|| vec![0; spec.controls.len()]);
                ours.preceding(m).map(<[usize]>::to_vec).or_else(nothing)
            })
            .collect(),
        posterior: ours.posterior().to_vec(),
    }
}

impl Told {
    fn tell(&self, spec: &Spec, ledger: &mut Ledger) {
        let before = self.before.as_ref().map(|(belief, action)| (belief.as_slice(), action.as_slice()));
        ledger.learn(
            spec,
            &Lived {
                before,
                one_tick: self.one_tick,
                belief: &self.belief,
                evidence: &self.evidence,
                preceding: &|modality| self.preceding[modality].clone(),
                posterior: &self.posterior,
            },
        );
    }
}

#[test]
fn what_is_impossible_stays_so_whatever_is_seen() {
    for_each_model(200, learning_model(), |recipe| {
        let spec = recipe.spec();
        let mut agent = Agent::new(spec.clone(), recipe.options(&spec));
        Life::new(recipe, &spec).live(STEPS, &mut agent, |_, _| true);
        for learning in &spec.learning {
            let table = match learning.what {
                Learnable::Likelihood(m) => &spec.likelihoods[m].values,
                Learnable::Transition(f) => &spec.transitions[f].values,
                Learnable::Prior(f) => &spec.priors[f],
                Learnable::Habits => continue,
            };
            let counts = agent.engine.counts(&agent.state, learning.what).expect("it is learnt");
            for (p, count) in table.iter().zip(&counts) {
                assert_eq!(*p == 0.0, *count == 0.0, "{recipe:?}: {:?}", learning.what);
            }
        }
    });
}

/// The largest count that an agent may have.
const MOST_COUNT: f64 = 1e26;

/// The state of an agent that has learnt `count` of everything that it can, and has as much put by for its next episode.
fn having_counted(agent: &Agent, spec: &Spec, count: f64) -> Vec<u8> {
    let mut places = Vec::new();
    let mut start = 0;
    for learning in &spec.learning {
        let prior = agent.engine.counts(&agent.state, learning.what).expect("it is learnt");
        let (columns, outcomes) = (learning.strength.len(), prior.len() / learning.strength.len());
        let place = |at: usize| start + (at % columns) * outcomes + at / columns;
        places.extend((0..prior.len()).filter(|at| prior[*at] > 0.0).map(place));
        start += prior.len();
    }
    places.sort_unstable();
    let mut learnt = Vec::new();
    put(&mut learnt, places.len());
    let mut next = 0;
    for place in places {
        put(&mut learnt, (place - next) << 1);
        learnt.extend(count.to_le_bytes());
        next = place + 1;
    }
    let mut bytes = Vec::new();
    agent.engine.save(&agent.state, &mut bytes).expect("the state is its own");
    // Two lists that are empty stand at the end of who has learnt nothing.
    [&bytes[..bytes.len() - 2], &learnt, &learnt].concat()
}

/// A number as a saved state has it, seven bits a byte.
fn put(out: &mut Vec<u8>, mut number: usize) {
    while number >= 128 {
        out.push((number & 127) as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

#[test]
fn whoever_has_learnt_as_much_as_can_be_learnt_goes_on_and_is_read_again() {
    let steps = Cell::new(0);
    for_each_model(200, learning_model(), |recipe| {
        let spec = recipe.spec();
        let mut agent = Agent::new(spec.clone(), Options { impossible: Impossible::Warn, ..recipe.options(&spec) });
        let bytes = having_counted(&agent, &spec, MOST_COUNT);
        agent.state = agent.engine.load(&bytes).expect("so much can be learnt");
        let (mut g, mut saved, mut again) = (recipe.generator(5), Vec::new(), Vec::new());
        for step in 0..STEPS {
            let evidence: Vec<_> = spec.modalities.iter().map(|m| Evidence::Index(g.index(m.labels.len()))).collect();
            let decision = agent.see(&evidence);
            assert!(decision.neg_efe().iter().all(|worth| worth.is_finite()), "{recipe:?}, step {step}");
            assert!(decision.free_energy().is_finite(), "{recipe:?}, step {step}");
            agent.engine.save(&agent.state, &mut saved).expect("what a step leaves can be kept");
            let loaded = agent.engine.load(&saved).expect("what was kept is read again");
            agent.engine.save(&loaded, &mut again).expect("it is the same");
            assert_eq!(again, saved, "{recipe:?}, step {step}");
            if step % 2 == 0 {
                agent.state.reset();
            }
            steps.set(steps.get() + 1);
        }
    });
    assert!(steps.get() >= 200 * STEPS, "only {} steps were taken", steps.get());
}

#[test]
fn more_than_can_be_learnt_is_refused() {
    let recipe = Recipe { learns: true, ..Recipe::numbered(3) };
    let spec = recipe.spec();
    let agent = Agent::new(spec.clone(), recipe.options(&spec));
    for count in [MOST_COUNT.next_up(), 1.7e308, f64::INFINITY] {
        assert_eq!(agent.engine.load(&having_counted(&agent, &spec, count)), Err(SavedError::Beyond), "{count}");
    }
    for count in [f64::NAN, 0.0, -1.0] {
        let refused = agent.engine.load(&having_counted(&agent, &spec, count));
        assert!(matches!(refused, Err(SavedError::Damaged(_))), "{count}: {refused:?}");
    }
}
