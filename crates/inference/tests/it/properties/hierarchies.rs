//! Two levels as one agent: exact where it can be, by the sum over everything that may have gone on above and below.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use freeagentics_inference::engine::{Engine, Hierarchy, Options, Policies, Tie};
use freeagentics_inference::model::{Evidence, Modality, Model, Spec, Table};

use super::for_each_model;
use super::recipe::{Recipe, any_model};
use super::tables::{Tables, distribution};
use super::windows::likelihood;
use crate::bench_models::build::{axis, modality};
use crate::differences::Differences;
use crate::slow::{combinations, entry};

const PERIOD: usize = 2;
const EPISODES: usize = 3;

/// A level of one factor, with one control.
fn level(recipe: &Recipe, purpose: u64, states: usize, observations: &[usize]) -> Spec {
    let mut g = recipe.generator(purpose);
    let mut table = |outcomes: usize, columns: usize| {
        let columns: Vec<Vec<f64>> = (0..columns).map(|_| distribution(Tables::Positive, outcomes, &mut g)).collect();
        (0..outcomes)
            .flat_map(|outcome| columns.iter().map(move |column| column[outcome]).collect::<Vec<_>>())
            .collect()
    };
    let seen: Vec<Modality> = observations.iter().enumerate().map(|(m, n)| modality(&format!("seen{m}"), *n)).collect();
    let likelihood = |n: &usize| Table { factors: vec![0], controls: vec![], values: table(*n, states) };
    Spec {
        likelihoods: observations.iter().map(likelihood).collect(),
        transitions: vec![Table { factors: vec![0], controls: vec![0], values: table(states, 2 * states) }],
        priors: vec![table(states, 1)],
        factors: vec![axis("factor", states)],
        controls: vec![axis("act", 2)],
        modalities: seen,
        ..Spec::default()
    }
}

fn engine(spec: Spec) -> Engine {
    let options = Options { policies: Policies::All { length: 1 }, ..Options::default() };
    Engine::new(Arc::new(Model::new(spec).expect("the model is valid")), options).expect("and so are its options")
}

fn tie(modality: usize, factor: usize) -> Tie {
    Tie { modality, factor }
}

/// What was seen and done in an episode below.
#[derive(Default)]
struct Episode {
    seen: Vec<Vec<Evidence>>,
    done: Vec<Vec<usize>>,
}

/// What has gone on so far: per episode what was seen and done, and what was decided above before all but the first.
#[derive(Default)]
struct Story {
    episodes: Vec<Episode>,
    above: Vec<Vec<usize>>,
}

impl Story {
    /// How probable each present state above and below is: the sum over everything that may have gone on. What is believed of an
    /// episode that is over is no longer needed below, so each is summed by itself.
    fn believed(&self, upper: &Spec, lower: &Spec) -> (Vec<f64>, Vec<f64>) {
        let (n_above, n_below) = (upper.factors[0].labels.len(), lower.factors[0].labels.len());
        let (mut above, mut below) = (vec![0.0; n_above], vec![0.0; n_below]);
        for path in combinations(&vec![n_above; self.episodes.len()]) {
            let mut p = upper.priors[0][path[0]];
            for (episode, action) in self.above.iter().enumerate() {
                p *= entry(upper, &upper.transitions[0], path[episode + 1], &[path[episode]], action);
            }
            let mut ends = vec![0.0; n_below];
            for (state, episode) in path.iter().zip(&self.episodes) {
                ends = lived(upper, lower, *state, episode);
                p *= ends.iter().sum::<f64>();
            }
            above[path[path.len() - 1]] += p;
            let total: f64 = ends.iter().sum();
            below.iter_mut().zip(&ends).for_each(|(to, end)| *to += p * end / total);
        }
        let total: f64 = above.iter().sum();
        above.iter_mut().chain(&mut below).for_each(|p| *p /= total);
        (above, below)
    }
}

/// How probable an episode is that ends in each state, given the state above: the sum over every path.
fn lived(upper: &Spec, lower: &Spec, above: usize, Episode { seen, done }: &Episode) -> Vec<f64> {
    let states = lower.factors[0].labels.len();
    let mut ends = vec![0.0; states];
    for path in combinations(&vec![states; seen.len()]) {
        let mut p = entry(upper, &upper.likelihoods[0], path[0], &[above], &[0]);
        for (step, seen) in seen.iter().enumerate() {
            if let Some(before) = step.checked_sub(1) {
                p *= entry(lower, &lower.transitions[0], path[step], &[path[before]], &done[before]);
            }
            p *= likelihood(lower, seen, path[step], None);
        }
        ends[path[path.len() - 1]] += p;
    }
    ends
}

#[test]
fn two_levels_believe_what_every_story_above_and_below_says() {
    let differences = RefCell::new(Differences::of("100 hierarchies"));
    let compared = Cell::new(0);
    for_each_model(100, any_model(), |recipe| {
        let mut g = recipe.generator(18);
        let (n_above, n_below) = (2 + g.index(2), 2 + g.index(2));
        let upper = level(recipe, 19, n_above, &[n_below]);
        let lower = level(recipe, 20, n_below, &[2, 3]);
        let ours = Hierarchy::new(engine(upper.clone()), engine(lower.clone()), vec![tie(0, 0)], PERIOD);
        let ours = ours.expect("the levels fit");
        let (mut levels, mut scratch) = (ours.start(), ours.scratch());
        let (mut story, mut chosen) = (Story::default(), Vec::new());
        let mut case = Differences::of(&format!("{recipe:?}"));
        for step in 0..PERIOD * EPISODES {
            let evidence =
                [Evidence::Index(g.index(2)), [Evidence::Missing, Evidence::Index(g.index(3))][g.index(2)].clone()];
            let executed = (g.index(3) == 0).then(|| vec![g.index(2)]);
            let decision = ours.step(&mut levels, &evidence, executed.as_deref(), 1, &mut scratch);
            let decision = decision.expect("the step is taken");
            if step % PERIOD == 0 {
                story.episodes.push(Episode::default());
                story.above.extend(levels.action_above().map(<[usize]>::to_vec));
            } else if let Some(Episode { done, .. }) = story.episodes.last_mut() {
                done.push(executed.clone().unwrap_or(chosen));
            }
            if let Some(Episode { seen, .. }) = story.episodes.last_mut() {
                seen.push(evidence.to_vec());
            }
            let (above, below) = story.believed(&upper, &lower);
            let at = format!("step {step}");
            case.compare("belief below", &at, decision.belief(0), &below);
            chosen = decision.action().to_vec();
            let believed = ours.believed_above(&levels).expect("it is one of these");
            case.compare("belief above", &at, &believed[0], &above);
            compared.set(compared.get() + 1);
        }
        assert_eq!(levels.steps(), (PERIOD * EPISODES) as u64);
        differences.borrow_mut().merge(&case);
        case.check(1e-9);
    });
    assert_eq!(compared.get(), 100 * PERIOD * EPISODES);
    differences.into_inner().conclude(1e-9);
}

#[test]
fn levels_that_do_not_fit_are_refused_with_every_reason() {
    let recipe = Recipe::numbered(5);
    let (upper, lower) = (level(&recipe, 19, 2, &[3]), level(&recipe, 20, 3, &[2]));
    let told = |upper: Spec, lower: Spec, ties: Vec<Tie>, period| {
        let made = Hierarchy::new(engine(upper), engine(lower), ties, period);
        made.map(|_| ()).map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    assert_eq!(told(upper.clone(), lower.clone(), vec![tie(0, 0)], 1), Ok(()));
    let two = level(&recipe, 19, 2, &[3, 2]);
    for (upper, lower, ties, period, reason) in [
        (&upper, &lower, vec![tie(0, 0)], 0, "the period"),
        (&upper, &lower, vec![], 2, "must be tied to one factor"),
        (&upper, &upper, vec![tie(0, 0)], 2, "an observation for each state"),
        (&upper, &lower, vec![tie(0, 0), tie(1, 1)], 2, "that the upper model does not have"),
        (&two, &lower, vec![tie(0, 0), tie(1, 0)], 2, "that another one names as well"),
    ] {
        let why = told(upper.clone(), lower.clone(), ties, period).expect_err(reason);
        assert!(why.contains(reason), "{why}");
    }
    let mut acted = lower.clone();
    acted.likelihoods[0] = Table { controls: vec![0], values: vec![0.5; 12], ..acted.likelihoods[0].clone() };
    let why = told(upper.clone(), acted, vec![tie(0, 0)], 2).expect_err("it depends on actions");
    assert!(why.contains("must not have observations that depend on actions"), "{why}");
    let mut learns = lower;
    learns.learning.push(freeagentics_inference::model::Learning {
        what: freeagentics_inference::model::Learnable::Prior(0),
        strength: vec![1.0],
        rate: 1.0,
        forgetting: 0.0,
    });
    let why = told(upper, learns, vec![tie(0, 0)], 2).expect_err("it learns");
    assert!(why.contains("the lower level: must neither learn nor look back"), "{why}");
}

#[test]
fn a_refused_step_leaves_both_levels_as_they_were() {
    let recipe = Recipe::numbered(5);
    let (upper, lower) = (engine(level(&recipe, 19, 2, &[3])), engine(level(&recipe, 20, 3, &[2])));
    let ours = Hierarchy::new(upper, lower, vec![tie(0, 0)], 1).expect("the levels fit");
    let (mut levels, mut scratch) = (ours.start(), ours.scratch());
    let seen = [Evidence::Index(1)];
    ours.step(&mut levels, &seen, None, 1, &mut scratch).expect("the step is taken");
    let before = levels.clone();
    let wrong = [Evidence::Index(2)];
    assert!(ours.step(&mut levels, &wrong, None, 1, &mut scratch).is_err(), "there is no such observation");
    assert!(levels == before, "an episode was over, and the level above has moved");
    assert_eq!(before.action_above(), None);
}
