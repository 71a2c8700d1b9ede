//! `prior`: for each factor a distribution over its states at the start of an episode.

use super::context::Context;
use super::expect;
use super::names::Axis;
use super::table::distribution;
use super::tree::Place;

/// Reads the priors; a factor that is left out starts uniform. What is wrong is `None`.
pub(super) fn priors(cx: &Context<'_>, place: Option<Place<'_>>) -> Vec<Option<Vec<f64>>> {
    let group = &cx.names.factors;
    let mut priors: Vec<Option<Vec<f64>>> = group.axes.iter().map(uniform).collect();
    let Some(place) = place else { return priors };
    if !expect::map(cx.sink, place, "`prior`", "a map by factor") {
        return priors;
    }
    let matched = group.names.match_keys(cx.sink, place.children(), false);
    for (child, index) in matched.entries {
        if let Some((axis, slot)) = index.and_then(|i| Some((group.axes.get(i)?, priors.get_mut(i)?))) {
            *slot = distribution(cx, child, axis, &format!("prior of `{}`", axis.name));
        }
    }
    priors
}

#[expect(clippy::cast_precision_loss, reason = "sizes are limited far below 2^53")]
fn uniform(axis: &Axis) -> Option<Vec<f64>> {
    let n = axis.size()?;
    Some(vec![1.0 / n as f64; n])
}
