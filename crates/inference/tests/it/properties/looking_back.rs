//! An agent that looks back believes by its whole window, and learns from each step once.

use std::cell::{Cell, RefCell};

use freeagentics_inference::engine::{
    Engine, Impossible, Input, Learns, LookBack, Options, SavedError, Scheme, State, StepError, Window,
};
use freeagentics_inference::model::{Evidence, Learnable, Spec};

use super::for_each_model;
use super::life::{Life, Moment};
use super::recipe::{Recipe, any_model, learning_model};
use super::tables::Tables;
use super::windows::likelihood;
use crate::agent::{Agent, engine};
use crate::differences::Differences;
use crate::slow::{Ledger, Lived, combinations, entry, policies};

const STEPS: usize = 6;
const SCHEMES: [Scheme; 3] = [Scheme::Smoothing, Scheme::Variational, Scheme::Marginal];

/// Options of an agent that looks back on two steps or more.
fn looking_back(recipe: &Recipe, spec: &Spec) -> Options {
    let mut g = recipe.generator(14);
    let look_back = LookBack { steps: 2 + g.index(3), scheme: SCHEMES[g.index(3)] };
    Options { look_back: Some(look_back), ..recipe.options(spec) }
}

/// The model of a recipe without habits to learn, of which nothing is forgotten.
fn lasting(recipe: &Recipe) -> Spec {
    let mut spec = recipe.spec();
    spec.learning.retain(|learning| learning.what != Learnable::Habits);
    spec.learning.iter_mut().for_each(|learning| learning.forgetting = 0.0);
    spec
}

fn input(moment: &Moment) -> Input<'_> {
    Input { evidence: &moment.evidence, executed: moment.executed.as_deref(), elapsed: moment.elapsed }
}

fn saved(engine: &Engine, state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.save(state, &mut bytes).expect("the state is its own");
    bytes
}

/// A window by the book, for one factor: every path through it.
struct Paths {
    prior: Vec<f64>,
    first: bool,
    moments: Vec<(Vec<Evidence>, Option<Vec<usize>>)>,
}

impl Paths {
    /// How probable each state is at each step, and each state with each that follows.
    fn weigh(&self, spec: &Spec) -> (Vec<Vec<f64>>, Vec<Vec<Vec<f64>>>) {
        let states = self.prior.len();
        let mut beliefs = vec![vec![0.0; states]; self.moments.len()];
        let mut pairs = vec![vec![vec![0.0; states]; states]; self.moments.len() - 1];
        for path in combinations(&vec![states; self.moments.len()]) {
            let mut p = self.prior[path[0]];
            for (step, (evidence, preceding)) in self.moments.iter().enumerate() {
                if let (Some(before), Some(action)) = (step.checked_sub(1), preceding) {
                    p *= entry(spec, &spec.transitions[0], path[step], &[path[before]], action);
                }
                p *= likelihood(spec, evidence, path[step], preceding.as_ref());
            }
            path.iter().enumerate().for_each(|(step, state)| beliefs[step][*state] += p);
            path.windows(2).enumerate().for_each(|(step, pair)| pairs[step][pair[0]][pair[1]] += p);
        }
        let total: f64 = beliefs[0].iter().sum();
        beliefs.iter_mut().flatten().for_each(|p| *p /= total);
        pairs.iter_mut().flatten().flatten().for_each(|p| *p /= total);
        (beliefs, pairs)
    }

    /// Counts a step of the window, and the transition to the next.
    fn count(&self, step: usize, spec: &Spec, ledger: &mut Ledger, nothing: &[f64]) {
        let (beliefs, pairs) = self.weigh(spec);
        let (evidence, preceding) = &self.moments[step];
        let known = |modality: usize| {
            let table = &spec.likelihoods[modality];
            let declared = || {
                let mut action = vec![0; spec.controls.len()];
                let initial = spec.modalities[modality].initial.as_ref()?;
                table.controls.iter().zip(initial).for_each(|(control, value)| action[*control] = *value);
                Some(action)
            };
            let indifferent = || table.controls.is_empty().then(|| vec![0; spec.controls.len()]);
            preceding.clone().or_else(declared).or_else(indifferent)
        };
        let belief = [beliefs[step].clone()];
        let before = (step > 0 || !self.first).then_some((&belief[..], &[][..]));
        let (one_tick, posterior) = (false, nothing);
        ledger.learn(spec, &Lived { before, one_tick, belief: &belief, evidence, preceding: &known, posterior });
        let Some((_, Some(action))) = self.moments.get(step + 1) else { return };
        let unseen = vec![Evidence::Missing; evidence.len()];
        for (state, after) in pairs[step].iter().enumerate() {
            let mut before = vec![0.0; after.len()];
            before[state] = 1.0;
            let (before, belief) = ([before], [after.clone()]);
            let before = Some((&before[..], action.as_slice()));
            let lived =
                Lived { before, one_tick: true, belief: &belief, evidence: &unseen, preceding: &known, posterior };
            ledger.learn(spec, &lived);
        }
    }

    /// The oldest step leaves the window.
    fn slide(&mut self, spec: &Spec) {
        let (evidence, preceding) = self.moments.remove(0);
        let weight = |state: usize| self.prior[state] * likelihood(spec, &evidence, state, preceding.as_ref());
        let weights: Vec<f64> = (0..self.prior.len()).map(weight).collect();
        let total: f64 = weights.iter().sum();
        let action = self.moments[0].1.clone().expect("it follows an action");
        let into = |next: usize| {
            let from = weights.iter().enumerate();
            from.map(|(state, p)| p / total * entry(spec, &spec.transitions[0], next, &[state], &action)).sum()
        };
        self.prior = (0..weights.len()).map(into).collect();
        self.first = false;
    }
}

#[test]
fn what_is_believed_and_learnt_is_what_every_path_through_the_window_says() {
    let differences = RefCell::new(Differences::of("150 models of one factor of which something is learnt"));
    let (compared, taught) = (Cell::new(0), Cell::new(0));
    for_each_model(150, learning_model(), |recipe| {
        let recipe = Recipe { factors: 1, extent: 3, tables: Tables::Positive, ..*recipe };
        let spec = lasting(&recipe);
        if spec.learning.is_empty() {
            return;
        }
        let mut g = recipe.generator(15);
        let look_back = LookBack { steps: 2 + g.index(3), scheme: Scheme::Smoothing };
        let learns = [Learns::Online, Learns::Episode][g.index(2)];
        let options = Options { look_back: Some(look_back), learns, ..recipe.options(&spec) };
        let mut ledger = Ledger::new(&spec, &options);
        let nothing = vec![0.0; policies(&spec, &options).len()];
        let mut agent = Agent::new(spec.clone(), options);
        let mut paths = Paths { prior: Vec::new(), first: true, moments: Vec::new() };
        let mut life = Life::new(&recipe, &spec);
        let (mut moment, mut chosen) = (life.first(), None::<Vec<usize>>);
        let mut case = Differences::of(&format!("{recipe:?}"));
        for step in 0..2 * STEPS {
            if step == STEPS {
                // Another episode: what is left in the window is learnt now.
                let (model, _) = ledger.model(&spec);
                (0..paths.moments.len()).for_each(|step| paths.count(step, &model, &mut ledger, &nothing));
                paths = Paths { prior: Vec::new(), first: true, moments: Vec::new() };
                (moment, chosen) = (Moment { executed: None, ..moment }, None);
                agent.state.reset();
            }
            if chosen.is_none() {
                ledger.begin();
            }
            let (model, _) = ledger.model(&spec);
            if paths.moments.is_empty() {
                paths.prior.clone_from(&model.priors[0]);
            }
            let preceding = chosen.as_ref().map(|chosen| moment.executed.as_ref().unwrap_or(chosen).clone());
            paths.moments.push((moment.evidence.clone(), preceding));
            let ours = agent.step(&moment.evidence, moment.executed.as_deref(), 1).expect("the step is taken");
            let (beliefs, _) = paths.weigh(&model);
            case.compare("belief", &format!("step {step}"), ours.belief(0), &beliefs[beliefs.len() - 1]);
            let action = ours.action().to_vec();
            if paths.moments.len() == look_back.steps {
                paths.count(0, &model, &mut ledger, &nothing);
                paths.slide(&model);
            }
            for (what, counts) in ledger.counts() {
                let ours = agent.engine.counts(&agent.state, what).expect("it is learnt");
                case.compare("counts", &format!("{what:?} after step {step}"), &ours, &counts);
                taught.set(taught.get() + 1);
            }
            compared.set(compared.get() + 1);
            moment = life.after(&action);
            chosen = Some(action);
        }
        differences.borrow_mut().merge(&case);
        case.check(1e-9);
    });
    println!("{} steps, {} tables of counts compared", compared.get(), taught.get());
    assert!(compared.get() > 1000 && taught.get() > 1500);
    differences.into_inner().conclude(1e-9);
}

#[test]
fn each_observation_and_each_transition_is_learnt_once_whatever_the_scheme() {
    let counted = Cell::new(0);
    for_each_model(200, learning_model(), |recipe| {
        let recipe = Recipe { tables: Tables::Positive, ..*recipe };
        let spec = lasting(&recipe);
        let options = Options { learns: Learns::Online, ..looking_back(&recipe, &spec) };
        let mut agent = Agent::new(spec.clone(), options);
        let (mut seen, mut moved, mut steps) = (vec![0.0; spec.modalities.len()], 0.0, 0);
        Life::new(&recipe, &spec).live(STEPS, &mut agent, |moment, decision| {
            for (modality, evidence) in moment.evidence.iter().enumerate() {
                seen[modality] += f64::from(u8::from(*evidence != Evidence::Missing && !decision.ignored(modality)));
            }
            moved += f64::from(u8::from(steps > 0 && moment.elapsed == 1));
            steps += 1;
            true
        });
        agent.state.reset();
        let unseen = vec![Evidence::Missing; spec.modalities.len()];
        agent.see(&unseen);
        for learning in &spec.learning {
            let total: f64 = agent.engine.counts(&agent.state, learning.what).expect("it is learnt").iter().sum();
            let learnt = total - learning.strength.iter().sum::<f64>();
            let times = match learning.what {
                Learnable::Likelihood(modality) => seen[modality],
                Learnable::Transition(_) => moved,
                Learnable::Prior(_) | Learnable::Habits => 1.0,
            };
            let what = learning.what;
            assert!(
                (learnt - learning.rate * times).abs() < 1e-8,
                "{recipe:?}: {what:?} has {learnt}, not {times} times"
            );
            counted.set(counted.get() + 1);
        }
    });
    println!("{} tables", counted.get());
    assert!(counted.get() > 300);
}

#[test]
fn as_long_as_an_episode_fits_into_the_window_it_is_inferred_whole() {
    let compared = Cell::new(0);
    for_each_model(200, any_model(), |recipe| {
        let recipe = Recipe { tables: Tables::Positive, ..*recipe };
        let spec = recipe.spec();
        let options = looking_back(&recipe, &spec);
        let LookBack { steps, scheme } = options.look_back.expect("it looks back");
        let mut agent = Agent::new(spec.clone(), options.clone());
        let plain = engine(spec.clone(), Options { look_back: None, ..options });
        let (mut evidence, mut actions) = (Vec::new(), Vec::new());
        let mut life = Life::new(&recipe, &spec);
        let mut moment = life.first();
        for _ in 0..steps {
            evidence.push(moment.evidence.clone());
            let decision = agent.step(&moment.evidence, moment.executed.as_deref(), 1).expect("the step is taken");
            let window = Window { evidence: &evidence, actions: &actions, prior: None };
            let wanted = plain.infer_window(&window, scheme).expect("it is a window");
            for (factor, wanted) in wanted[wanted.len() - 1].iter().enumerate() {
                assert_eq!(decision.belief(factor), wanted, "{recipe:?}");
                compared.set(compared.get() + 1);
            }
            let chosen = decision.action().to_vec();
            moment = life.after(&chosen);
            actions.push(moment.executed.clone().unwrap_or(chosen));
        }
    });
    assert!(compared.get() > 500);
}

#[test]
fn what_is_remembered_survives_saving_folding_and_company() {
    let learnt = Cell::new(0);
    for_each_model(150, learning_model(), |recipe| {
        let spec = recipe.spec();
        let engine = engine(spec.clone(), looking_back(recipe, &spec));
        let (mut state, mut scratch, mut other) = (engine.start(), engine.scratch(), engine.scratch());
        let (mut folded, mut batch, mut shared) = (engine.start(), engine.batch(), engine.start());
        let mut life = Life::new(recipe, &spec);
        let (mut moment, mut g) = (life.first(), recipe.generator(16));
        for _ in 0..STEPS {
            state = engine.load(&saved(&engine, &state)).expect("what was saved can be loaded");
            let decision = engine.step(&mut state, &input(&moment), 3, &mut scratch).expect("the step is taken");
            let (digest, chosen) = (decision.digest(), decision.action().to_vec());
            let theirs = engine.step_shared(&mut shared, &input(&moment), 3, &mut batch).expect("the step is taken");
            assert_eq!(theirs.digest(), digest, "{recipe:?}");
            engine.fold(&mut folded, &input(&moment), &chosen, &mut other).expect("the step is folded");
            let all = [&state, &folded, &shared].map(|state| saved(&engine, state));
            assert!(all.iter().all(|bytes| *bytes == all[0]), "{recipe:?}");
            learnt.set(learnt.get() + u32::from(state != engine.start()));
            moment = life.after(&chosen);
            if g.index(4) == 0 {
                [&mut state, &mut folded, &mut shared].into_iter().for_each(State::reset);
            }
        }
    });
    assert!(learnt.get() > 500);
}

#[test]
fn a_refused_step_leaves_what_is_remembered_as_it_was() {
    let refused = Cell::new(0);
    for_each_model(600, learning_model(), |recipe| {
        let spec = recipe.spec();
        let engine = engine(spec.clone(), Options { impossible: Impossible::Refuse, ..looking_back(recipe, &spec) });
        let (mut state, mut scratch, mut g) = (engine.start(), engine.scratch(), recipe.generator(6));
        for _ in 0..STEPS {
            let evidence = spec.modalities.iter().map(|m| Evidence::Index(g.index(m.labels.len()))).collect();
            let moment = Moment { evidence, executed: None, elapsed: 1 + g.index(2) as u32 };
            let before = saved(&engine, &state);
            let taken = engine.step(&mut state, &input(&moment), 3, &mut scratch).map(|_| ());
            if taken.is_ok() {
                if g.index(3) == 0 {
                    state.reset();
                }
                continue;
            }
            assert!(matches!(taken, Err(StepError::Impossible { .. })));
            assert_eq!(before, saved(&engine, &state), "the state moved");
            refused.set(refused.get() + 1);
        }
    });
    assert!(refused.get() > 50, "only {} steps were refused", refused.get());
}

#[test]
fn a_memory_that_does_not_fit_is_refused() {
    let recipe = Recipe { factors: 1, tables: Tables::Positive, ..Recipe::numbered(3) };
    let spec = recipe.spec();
    let look_back = Some(LookBack { steps: 4, scheme: Scheme::Smoothing });
    let engine = engine(spec.clone(), Options { look_back, ..recipe.options(&spec) });
    let unseen = vec![Evidence::Missing; spec.modalities.len()];
    let mut state = engine.start();
    engine.step(&mut state, &Input::new(&unseen), 0, &mut engine.scratch()).expect("the step is taken");
    let bytes = saved(&engine, &state);
    for length in 0..bytes.len() {
        assert!(engine.load(&bytes[..length]).is_err(), "cut after {length} bytes");
    }
    let damaged = Err(SavedError::Damaged("what it remembers does not fit the model"));
    assert_eq!(engine.load(&[bytes.as_slice(), &[0]].concat()), damaged);
    let mut other = bytes.clone();
    *other.last_mut().expect("it is not empty") = 127;
    assert_eq!(engine.load(&other), damaged, "there is no such observation");
    assert_eq!(engine.load(&bytes), Ok(state));
}
