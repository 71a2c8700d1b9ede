//! Options against a model, and their canonical form.

use super::plans::Plans;
use super::{
    Backup, Choice, Goal, Impossible, Learns, LookBack, MOST_SHARPNESS, Mode, Options, Policies, Scheme, Search, reach,
};
use crate::model::{Fault, Faults, Learnable, Preference, Spec};
use crate::numerics::{Digest, Hasher};

/// The tree of policies, or every option that is wrong.
pub(super) fn plans(spec: &Spec, options: &Options) -> Result<Plans, Vec<Fault>> {
    let mut faults = Faults(Vec::new());
    let mut number = |name: &str, value: f64, good: bool, range: &str| {
        if !good {
            faults.add(format!("option `{name}`"), format!("is {value}; it must be {range}"));
        }
    };
    let sharpness = 0.0..=MOST_SHARPNESS;
    let (gamma, alpha, discount) = (options.gamma, options.alpha, options.discount);
    number("gamma", gamma, sharpness.contains(&gamma), "from 0 to 1e9");
    number("alpha", alpha, sharpness.contains(&alpha), "from 0 to 1e9");
    number("discount", discount, discount > 0.0 && discount <= 1.0, "above 0 and at most 1");
    if let Some(idle) = &options.idle {
        let fits = idle.len() == spec.controls.len()
            && idle.iter().zip(&spec.controls).all(|(value, control)| *value < control.labels.len());
        if !fits {
            faults.add("option `idle`", "must give one existing value per control");
        }
    }
    if let Some(goal) = &options.goal {
        check_goal(spec, goal, &mut faults);
    }
    if let Some(search) = &options.search {
        check_search(search, &mut faults);
    }
    if let Some(LookBack { steps, .. }) = options.look_back
        && !(2..=MOST_LOOK_BACK).contains(&steps)
    {
        faults.add("option `look_back`", format!("looks back on {steps} steps; it must be from 2 to {MOST_LOOK_BACK}"));
    }
    for (key, message, _) in conflicts(spec, options) {
        faults.add(format!("option `{key}`"), message);
    }
    let plans = Plans::new(spec, options);
    match &plans {
        Err(problem) => faults.add("option `policies`", problem.as_str()),
        Ok(plans) => check_habits(options.habits.as_deref(), plans.leaves.len(), &mut faults),
    }
    match plans {
        Ok(plans) if faults.0.is_empty() => Ok(plans),
        _ => Err(faults.0),
    }
}

/// Most steps within which a goal is looked for.
pub(crate) const MOST_GOAL_DEPTH: usize = 4096;

fn check_goal(spec: &Spec, goal: &Goal, faults: &mut Faults) {
    let place = "option `goal`";
    let exist = goal.states.iter().zip(&spec.factors).all(|(states, f)| states.iter().all(|s| *s < f.labels.len()));
    if goal.states.len() != spec.factors.len() || !exist || goal.states.iter().all(Vec::is_empty) {
        return faults.add(place, "must give existing states of at least one factor, and a list for each factor");
    }
    if !(1..=MOST_GOAL_DEPTH).contains(&goal.depth) {
        faults.add(place, format!("has the depth {}; it must be from 1 to {MOST_GOAL_DEPTH}", goal.depth));
    }
    if !(0.0..1.0).contains(&goal.threshold) {
        faults.add(place, format!("has the threshold {}; it must be from 0 to below 1", goal.threshold));
    }
    if !(goal.weight > 0.0 && goal.weight < 1.0) {
        faults.add(place, format!("has the weight {}; it must be between 0 and 1", goal.weight));
    }
}

/// What of the options does not go together, or not with the model: the option, what is wrong, how to mend it.
pub(crate) fn conflicts(spec: &Spec, options: &Options) -> Vec<(&'static str, String, &'static str)> {
    let mut found = Vec::new();
    let goals = options.goal.iter().flat_map(|goal| goal.states.iter().enumerate());
    for (factor, _) in goals.filter(|(_, states)| !states.is_empty()) {
        let Some((axis, table)) = spec.factors.get(factor).zip(spec.transitions.get(factor)) else { continue };
        if let Some(hindrance) = reach::hindrance(factor, table) {
            let message = format!("a goal cannot be about `{}`: {hindrance}", axis.name);
            found.push(("goal", message, "name states of another factor, or wish for them in `preference`"));
        }
    }
    let Some(search) = &options.search else { return found };
    let single = match &options.policies {
        Policies::All { length } => *length == 1,
        Policies::Listed(policies) => policies.iter().all(|policy| policy.len() == 1),
    };
    let timed = spec.preferences.iter().any(|preference| matches!(preference, Preference::Timed { .. }));
    let habits = spec.learning.iter().any(|learning| learning.what == Learnable::Habits);
    for (conflict, message, mend) in [
        (!single, "a search looks ahead by itself, and policies are single actions", "use `depth` for that"),
        (options.goal.is_some(), "a search does not go with a goal", "keep one of the two"),
        (timed, "a search does not go with preferences by step", "use the same preferences for every step"),
        (habits, "an agent that searches learns no habits", "leave one of the two out"),
        (
            search.surprise > 0.0 && search.every == 1,
            "an agent that plans anew at every step does so whatever surprises it",
            "set `every` above 1, or leave `surprise` out",
        ),
    ] {
        if conflict {
            found.push(("search", message.to_owned(), mend));
        }
    }
    found
}

/// Most steps that an agent looks back on.
pub(crate) const MOST_LOOK_BACK: usize = 64;

/// Most steps that a search looks ahead.
pub(crate) const MOST_SEARCH_DEPTH: usize = 64;

/// Most beliefs that a search may expand.
pub(crate) const MOST_SEARCH_NODES: u32 = 1 << 20;

fn check_search(search: &Search, faults: &mut Faults) {
    let place = "option `search`";
    if !(1..=MOST_SEARCH_DEPTH).contains(&search.depth) {
        faults.add(place, format!("has the depth {}; it must be from 1 to {MOST_SEARCH_DEPTH}", search.depth));
    }
    if !(1..=MOST_SEARCH_NODES).contains(&search.nodes) {
        faults.add(place, format!("may expand {} nodes; it must be from 1 to {MOST_SEARCH_NODES}", search.nodes));
    }
    let shares = [search.prune_actions, search.prune_outcomes];
    if shares.iter().any(|share| !(0.0..1.0).contains(share)) {
        faults.add(place, "prunes by probabilities, which must be from 0 to below 1");
    }
    if !(search.sure >= 0.0 && search.sure.is_finite()) {
        faults.add(place, format!("is sure at {} nats; it must be 0 or more", search.sure));
    }
    if search.every < 1 || usize::try_from(search.every).map_or(true, |every| every > search.depth) {
        let (every, depth) = (search.every, search.depth);
        faults.add(place, format!("plans anew every {every} steps; it must be from 1 to its depth, {depth}"));
    }
    if !(search.surprise >= 0.0 && search.surprise.is_finite()) {
        faults.add(place, format!("is surprised at {} nats; it must be 0 or more", search.surprise));
    }
}

fn check_habits(habits: Option<&[f64]>, n_policies: usize, faults: &mut Faults) {
    let Some(habits) = habits else { return };
    faults.finite("option `habits`", habits, n_policies);
    if habits.iter().any(|e| *e < 0.0) || habits.iter().all(|e| *e == 0.0) {
        faults.add("option `habits`", "must be 0 or more, and one of them above 0");
    }
}

/// SHA-256 of the options in canonical form.
pub(super) fn digest(options: &Options, n_controls: usize) -> Digest {
    let mut hasher = Hasher::new("freeagentics options 1");
    match &options.policies {
        Policies::All { length } => hasher.counts(&[0, *length]),
        Policies::Listed(policies) => {
            hasher.counts(&[1, policies.len(), n_controls]);
            policies.iter().for_each(|policy| policy.iter().for_each(|action| hasher.counts(action)));
        }
    }
    hasher.count(usize::from(options.habits.is_some()));
    hasher.numbers(options.habits.as_deref().unwrap_or_default());
    hasher.numbers(&[options.gamma, options.alpha, options.discount]);
    hasher.count(usize::from(options.mode == Mode::Marginal));
    hasher.count(usize::from(options.choice == Choice::Sampled));
    hasher.count(usize::from(options.idle.is_some()));
    hasher.counts(options.idle.as_deref().unwrap_or_default());
    hasher.count(usize::from(options.impossible == Impossible::Refuse));
    // What is as it always was adds nothing: options keep the name that they had before there was a choice.
    if options.learns != Learns::Online {
        hasher.text(if options.learns == Learns::Never { "learns never" } else { "learns by episode" });
    }
    if !options.novelty {
        hasher.text("novelty ignored");
    }
    if !options.information {
        hasher.text("information ignored");
    }
    if let Some(goal) = &options.goal {
        hasher.text("goal");
        goal.states.iter().for_each(|states| hasher.counts(states));
        hasher.count(goal.depth);
        hasher.numbers(&[goal.threshold, goal.weight]);
    }
    if let Some(LookBack { steps, scheme }) = &options.look_back {
        hasher.text(match scheme {
            Scheme::Variational => "looks back variational",
            Scheme::Marginal => "looks back marginal",
            Scheme::Smoothing => "looks back smoothing",
        });
        hasher.count(*steps);
    }
    if let Some(search) = &options.search {
        hasher.text(if search.backup == Backup::Best { "search best" } else { "search expected" });
        hasher.counts(&[search.depth, search.nodes as usize]);
        hasher.numbers(&[search.prune_actions, search.prune_outcomes, search.sure]);
        if search.every != 1 {
            hasher.text("a plan is followed");
            hasher.count(search.every as usize);
            hasher.numbers(&[search.surprise]);
        }
    }
    hasher.finish()
}
