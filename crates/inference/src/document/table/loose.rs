//! Cases that stand in a table itself, since somebody forgot to write `columns` or `cases` above them.

use super::columns::{End, descend};
use super::{Frame, Region};
use crate::document::code::Code;
use crate::document::context::Context;
use crate::document::expect::either;
use crate::document::fields::{LIKELIHOOD, Part, TRANSITION};
use crate::document::names::{Axis, Kind};
use crate::document::patch::PatchOp;
use crate::document::problem::Problem;
use crate::document::tree::{Place, escape};

/// Keys of a table that are labels of what it depends on.
#[derive(Debug)]
pub(super) struct Loose<'t> {
    pub(super) key: &'static str,
    places: Vec<Place<'t>>,
    /// No label is misspelt.
    is_exact: bool,
}

impl<'t> Loose<'t> {
    /// Looks for labels of one of these axes, each of which goes with the key that should stand above them.
    pub(super) fn find(
        cx: &Context<'_>,
        part: &Part,
        place: Place<'t>,
        axes: &[(&'static str, &Axis)],
    ) -> Option<Self> {
        let key = |child: Place<'t>| child.key().map(|key| key.text).unwrap_or_default();
        let is_form = |child: Place<'t>| ["table", "columns", "cases"].contains(&&*key(child));
        if !place.is_map() || place.children().any(is_form) {
            return None;
        }
        let strange: Vec<Place<'t>> = place.children().filter(|&child| !part.has(&key(child))).collect();
        let is_known = |axis: &Axis, child: Place<'t>| key(child) == "else" || axis.labels.find(&key(child)).is_some();
        let count = |axis: &Axis| strange.iter().filter(|&&child| is_known(axis, child)).count();
        let &(above, axis) =
            axes.iter().rev().filter(|(_, axis)| count(axis) > 0).max_by_key(|(_, axis)| count(axis))?;
        let is_misspelt = |child: Place<'t>| {
            let labels = axis.labels.words().iter().map(String::as_str);
            cx.sink.suggest(&key(child), labels).is_some() && cx.sink.suggest(&key(child), part.keys()).is_none()
        };
        let places: Vec<Place<'t>> =
            strange.into_iter().filter(|&child| is_known(axis, child) || is_misspelt(child)).collect();
        let is_exact = places.iter().all(|&child| is_known(axis, child));
        Some(Self { key: above, places, is_exact })
    }

    pub(super) fn holds(&self, place: Place<'_>) -> bool {
        self.places.iter().any(|known| known.is(place))
    }

    /// Reports them, with the patch that moves them to where they belong.
    pub(super) fn report(&self, cx: &Context<'_>, place: Place<'_>, subject: &str) {
        let keys: Vec<String> = self.places.iter().filter_map(|child| Some(child.key()?.text.into_owned())).collect();
        let (path, above) = (place.pointer(), self.key);
        let message = format!("{subject} has no `{above}`, but what would stand there");
        let mend = format!("put {} under `{above}:`", either(&keys).replace(" or ", " and "));
        let inside = format!("{path}/{above}");
        let moves = keys.iter().map(|key| {
            let key = escape(key);
            PatchOp::Move { from: format!("{path}/{key}"), path: format!("{inside}/{key}") }
        });
        let patch = std::iter::once(PatchOp::Add { path: inside.clone(), value: serde_json::json!({}) }).chain(moves);
        let problem = Problem::at(place.spot(), Code::ConflictingKeys, message, mend);
        cx.report(problem.expected(above).patch(patch.collect()));
    }

    /// Reads them as though they stood where they belong. Where one is misspelt, its patch would not go together with
    /// the one that moves it.
    pub(super) fn read(&self, cx: &Context<'_>, frame: &mut Frame<'_>, region: &Region, place: Place<'_>) {
        let (axes, end) = match self.key {
            "cases" => (frame.controls(), End::Case),
            _ => (frame.open(region), End::Distribution),
        };
        let axis = axes.first().and_then(|&axis| frame.dependencies.get(axis)?.axis).filter(|_| self.is_exact);
        if let Some(axis) = axis {
            let matched = axis.labels.match_keys(cx.sink, self.places.iter().copied(), true);
            descend(cx, frame, region, &axes, place, &matched, end);
        }
    }
}

/// What stands loose in a likelihood. Without `given`, labels of any factor show what is meant.
pub(super) fn of_likelihood<'t>(cx: &Context<'_>, place: Place<'t>) -> Option<Loose<'t>> {
    let factors = || cx.names.factors.axes.iter().map(|axis| ("columns", axis)).collect();
    let axes = peek(cx, place, "given").map_or_else(factors, |given| axes(&given));
    Loose::find(cx, &LIKELIHOOD, place, &axes)
}

/// What stands loose in the transition of a factor.
pub(super) fn of_transition<'t>(cx: &Context<'_>, place: Place<'t>, own: &Axis) -> Option<Loose<'t>> {
    let given = peek(cx, place, "given");
    let given = given.unwrap_or_else(|| cx.names.factors.axes.get(own.index).into_iter().collect());
    let by = peek(cx, place, "by").unwrap_or_default();
    Loose::find(cx, &TRANSITION, place, &axes(&[given, by].concat()))
}

/// What the names under `given` or `by` stand for; what is wrong with them is reported elsewhere.
fn peek<'n>(cx: &Context<'n>, entry: Place<'_>, key: &str) -> Option<Vec<&'n Axis>> {
    let place = entry.children().find(|child| child.key().is_some_and(|word| word.text == key))?;
    let one = (!place.is_list()).then_some(place);
    let words = one.into_iter().chain(place.children()).filter_map(Place::word);
    Some(words.filter_map(|word| cx.names.find(&word.text)).collect())
}

/// The axes whose labels may stand loose in a table with these dependencies.
pub(super) fn axes<'n>(dependencies: &[&'n Axis]) -> Vec<(&'static str, &'n Axis)> {
    let columns = dependencies.first().map(|&axis| ("columns", axis));
    let cases = dependencies.iter().find(|axis| axis.kind == Kind::Control).map(|&axis| ("cases", axis));
    columns.into_iter().chain(cases).collect()
}
