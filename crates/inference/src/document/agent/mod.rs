//! `agent`: how an agent plans and chooses.

mod goal;
mod habits;
mod look_back;
mod policies;
mod search;

use super::code::Code;
use super::context::Context;
use super::expect;
use super::fields::{AGENT, Fields};
use super::names::Axis;
use super::problem::Problem;
use super::step;
use super::tree::Place;
use crate::engine::{Choice, Impossible, Learns, MOST_SHARPNESS, Mode, Options, conflicts};
use crate::model::Spec;

pub(super) use look_back::SCHEMES;
pub(super) use policies::{count_policies, count_prefixes};
pub(super) use search::BACKUPS;

pub(super) const MODES: [(&str, Mode); 2] = [("full", Mode::Full), ("marginal", Mode::Marginal)];
pub(super) const CHOICES: [(&str, Choice); 2] =
    [("deterministic", Choice::Deterministic), ("sampled", Choice::Sampled)];
pub(super) const IMPOSSIBLE: [(&str, Impossible); 2] = [("warn", Impossible::Warn), ("refuse", Impossible::Refuse)];

pub(super) const LEARNS: [(&str, Learns); 3] =
    [("online", Learns::Online), ("episode", Learns::Episode), ("never", Learns::Never)];
/// Whether something counts for a plan.
pub(super) const COUNTS: [(&str, bool); 2] = [("weigh", true), ("ignore", false)];

/// Reports what of the options does not go together, or not with the model.
pub(super) fn check_together(cx: &Context<'_>, agent: Option<Place<'_>>, spec: &Spec, options: &Options) {
    let Some(agent) = agent else { return };
    for (key, message, mend) in conflicts(spec, options) {
        let place = agent.children().find(|child| child.key().is_some_and(|word| word.text == key)).unwrap_or(agent);
        cx.report(Problem::at(place.spot(), Code::ConflictingKeys, message, mend));
    }
}

/// Reads the options; `None` when the policies are wrong, which habits and costs depend on.
pub(super) fn options(cx: &Context<'_>, place: Option<Place<'_>>) -> Option<Options> {
    let default = Options::default();
    let fields = match place {
        Some(place) => Some(AGENT.read(cx.sink, place, "`agent`")?),
        None => None,
    };
    let policies = policies::read(cx, place, fields.as_ref());
    let Some(fields) = fields else { return Some(Options { policies: policies?, ..default }) };
    let controls: Vec<&Axis> = cx.names.controls.axes.iter().collect();
    let habits = fields.get("habits").and_then(|place| habits::read(cx, place, policies.as_ref()));
    let idle = fields.get("idle").and_then(|place| step::read(cx, place, "`idle`", &controls));
    let mode = choose(cx, &fields, "mode", &MODES, default.mode);
    let choice = choose(cx, &fields, "selection", &CHOICES, default.choice);
    let learns = choose(cx, &fields, "learns", &LEARNS, default.learns);
    let novelty = choose(cx, &fields, "novelty", &COUNTS, default.novelty);
    let information = choose(cx, &fields, "information", &COUNTS, default.information);
    let goal = fields.get("goal").and_then(|place| goal::read(cx, place));
    let look_back = fields.get("look_back").and_then(|place| look_back::read(cx, place));
    let search = fields.get("search").and_then(|place| search::read(cx, place));
    let impossible = choose(cx, &fields, "impossible", &IMPOSSIBLE, default.impossible);
    let number = |key: &str, inside: fn(f64) -> bool, wanted: &str, default: f64| match fields.get(key) {
        Some(place) => expect::within(cx.sink, place, &format!("`{key}`"), inside, wanted).unwrap_or(default),
        None => default,
    };
    let gamma = number("gamma", is_sharpness, "from 0 to 1e9", default.gamma);
    let alpha = number("alpha", is_sharpness, "from 0 to 1e9", default.alpha);
    let discount =
        number("discount", |discount| discount > 0.0 && discount <= 1.0, "above 0 and at most 1", default.discount);
    Some(Options {
        policies: policies?,
        habits,
        gamma,
        alpha,
        discount,
        mode,
        choice,
        idle,
        impossible,
        learns,
        novelty,
        information,
        goal,
        look_back,
        search,
    })
}

fn is_sharpness(x: f64) -> bool {
    (0.0..=MOST_SHARPNESS).contains(&x)
}

fn choose<T: Copy>(cx: &Context<'_>, fields: &Fields<'_>, key: &str, choices: &[(&str, T)], default: T) -> T {
    let chosen = fields.get(key).and_then(|place| expect::choice(cx.sink, place, &format!("`{key}`"), choices));
    chosen.unwrap_or(default)
}
