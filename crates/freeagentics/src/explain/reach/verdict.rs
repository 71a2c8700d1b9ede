//! When one action is chosen, or why it never is.

use freeagentics_inference::{engine::Policies, model::Axis};
use serde::Serialize;

use super::{
    Choice, Search,
    beliefs::{self, Belief},
    bench::Sample,
    lengths::{self, AtLength},
};
use crate::explain::weighing::Considered;

/// What was found about one value of one control.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// Which.
    pub(crate) choice: Choice,
    /// Whether it is chosen before anything has been seen.
    pub(crate) at_start: bool,
    /// The share of the steps of simulated runs at which it is chosen.
    pub(crate) share: f64,
    /// The certainties at which it is chosen, as states per factor.
    pub(crate) sure_of: Vec<Vec<usize>>,
    /// What must hold of the odds wherever it is chosen.
    pub(crate) only_when: Vec<Bound>,
    /// Odds from which on it is always chosen.
    pub(crate) always_when: Option<Bound>,
    /// The belief that speaks most for it: where it leads by most, or is least far behind.
    pub(crate) strongest: Option<Strongest>,
    /// The same among the beliefs that were met in simulated runs, if it was chosen there.
    pub(crate) met: Option<Strongest>,
    /// What plans of other lengths make of it.
    pub(crate) lengths: Vec<AtLength>,
    /// The length of the agent's own plans.
    pub(crate) length: usize,
    /// Whether the model lists its plans, so that other lengths cannot be tried.
    pub(crate) listed: bool,
}

/// A bound on the odds of one state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Bound {
    /// The factor.
    pub(crate) factor: usize,
    /// The state.
    pub(crate) state: usize,
    /// Whether the odds must be at least so, or at most.
    pub(crate) at_least: bool,
    /// The bound.
    pub(crate) odds: f64,
}

/// The belief that speaks most for an action, and what is weighed there.
#[derive(Clone, Debug)]
pub(crate) struct Strongest {
    /// The belief.
    pub(crate) belief: Belief,
    /// The action's lead there; negative if it is behind.
    pub(crate) lead: f64,
    /// What it has going for it.
    pub(crate) own: Considered,
    /// What does better, or comes next.
    pub(crate) other: Option<Considered>,
    /// What doing nothing is, if it is known.
    pub(crate) idle: Option<Vec<usize>>,
}

impl Verdict {
    /// Whether any belief makes it the choice.
    pub(crate) fn chosen(&self) -> bool {
        self.strongest.as_ref().is_some_and(|strongest| strongest.lead >= 0.0)
    }
}

/// With more states than this, the beliefs that can be tried are too sparse for bounds on each.
const MOST_STATES: usize = 12;

/// A bound below this says next to nothing.
const TELLING: f64 = 0.03;

pub(super) fn judge(search: &mut Search<'_>, choice: Choice) -> Verdict {
    let made = |sample: &&Sample| sample.chooses(choice);
    let chosen = search.samples.iter().any(|sample| sample.chooses(choice));
    let (only_when, always_when) = if chosen { bounds(search, choice) } else { (Vec::new(), None) };
    let strongest = strongest(search, choice, chosen).cloned();
    let in_runs = search.samples.iter().take(search.met).filter(|sample| sample.chooses(choice));
    let in_runs = in_runs.max_by(|left, right| left.margin(choice).total_cmp(&right.margin(choice))).cloned();
    let compared = strongest.as_ref().map(|sample| lengths::compare(search, choice, chosen, sample));
    let spec = search.bench.spec();
    let sure = |states: &Vec<usize>| {
        let belief = beliefs::certain(spec, states);
        search.samples.iter().filter(made).any(|sample| sample.belief == belief)
    };
    Verdict {
        choice,
        at_start: search.samples.first().is_some_and(|sample| sample.chooses(choice)),
        sure_of: beliefs::certainties(spec, 0).into_iter().filter(sure).collect(),
        only_when,
        always_when,
        share: search.runs.share(choice),
        met: in_runs.and_then(|sample| describe(sample, choice, true)),
        strongest: strongest.and_then(|sample| describe(sample, choice, chosen)),
        lengths: compared.unwrap_or_default(),
        length: search.bench.engine.policy_len(),
        listed: matches!(search.bench.engine.options().policies, Policies::Listed(_)),
    }
}

fn strongest<'s>(search: &'s Search<'_>, choice: Choice, chosen: bool) -> Option<&'s Sample> {
    if !chosen {
        return search.closest(choice).and_then(|index| search.sample(index));
    }
    let made = search.samples.iter().filter(|sample| sample.chooses(choice));
    made.max_by(|left, right| left.margin(choice).total_cmp(&right.margin(choice)))
}

fn describe(sample: Sample, choice: Choice, chosen: bool) -> Option<Strongest> {
    let own = sample.best_with(choice)?.clone();
    let begins = |one: &&Considered| one.action.get(choice.control) == Some(&choice.value);
    let other = sample.weighing.considered.iter().find(|one| !begins(one)).cloned();
    // In marginal mode a choice may be made although another plan is the best.
    let lead = if chosen { sample.margin(choice).max(0.0) } else { -sample.gap(choice).max(f64::MIN_POSITIVE) };
    Some(Strongest { belief: sample.belief, lead, own, other, idle: sample.weighing.idle })
}

/// The most telling bounds on the odds where it is chosen, sharpened; and from where on it always is.
fn bounds(search: &mut Search<'_>, choice: Choice) -> (Vec<Bound>, Option<Bound>) {
    let mut candidates = rough(search, choice);
    candidates.truncate(2);
    let mut sharp: Vec<Bound> = candidates.into_iter().map(|bound| sharpen(search, choice, bound)).collect();
    sharp.retain(|bound| telling(bound) > TELLING);
    if let [first, second] = sharp.as_slice()
        && implied(first, second)
    {
        sharp.truncate(1);
    }
    let leading = sharp.iter().find(|bound| bound.at_least).copied();
    let always = leading.map(|bound| {
        let others = search.samples.iter().filter(|sample| !sample.chooses(choice));
        let highest = others.map(|sample| sample.odds(bound.factor, bound.state)).fold(0.0, f64::max);
        Bound { odds: highest, ..bound }
    });
    (sharp, always.filter(|bound| bound.odds < 1.0 - TELLING / 2.0))
}

/// Bounds from the samples as they are, the most telling first.
fn rough(search: &Search<'_>, choice: Choice) -> Vec<Bound> {
    let mut found = Vec::new();
    let few = |factor: &(usize, &Axis)| factor.1.labels.len() <= MOST_STATES;
    for (factor, axis) in search.bench.spec().factors.iter().enumerate().filter(few) {
        for state in 0..axis.labels.len() {
            let odds = search.samples.iter().filter(|s| s.chooses(choice)).map(|s| s.odds(factor, state));
            let (low, high) = odds.fold((1.0_f64, 0.0_f64), |(low, high), p| (low.min(p), high.max(p)));
            found.push(Bound { factor, state, at_least: true, odds: low });
            // Of two states, one being unlikely is the other being likely.
            if axis.labels.len() > 2 {
                found.push(Bound { factor, state, at_least: false, odds: high });
            }
        }
    }
    found.retain(|bound| telling(bound) > TELLING);
    found.sort_by(|left, right| telling(right).total_cmp(&telling(left)));
    found
}

/// Moves along the border of where it is chosen, to the outermost odds.
fn sharpen(search: &mut Search<'_>, choice: Choice, bound: Bound) -> Bound {
    let outward = |sample: &Sample| {
        let odds = sample.odds(bound.factor, bound.state);
        if bound.at_least { -odds } else { odds }
    };
    let made = search.samples.iter().enumerate().filter(|(_, sample)| sample.chooses(choice));
    let outermost = made.max_by(|left, right| outward(left.1).total_cmp(&outward(right.1))).map(|(index, _)| index);
    if let Some(outermost) = outermost {
        search.climb(outermost, |sample| sample.chooses(choice).then(|| outward(sample)), |_| false);
    }
    let made = search.samples.iter().filter(|sample| sample.chooses(choice));
    let furthest = made.map(outward).fold(f64::NEG_INFINITY, f64::max);
    Bound { odds: if bound.at_least { -furthest } else { furthest }, ..bound }
}

fn telling(bound: &Bound) -> f64 {
    if bound.at_least { bound.odds } else { 1.0 - bound.odds }
}

/// Whether the second bound says hardly more than the first: odds of one factor sum to one.
fn implied(first: &Bound, second: &Bound) -> bool {
    first.factor == second.factor
        && first.at_least
        && !second.at_least
        && first.state != second.state
        && second.odds > 1.0 - first.odds - TELLING
}
