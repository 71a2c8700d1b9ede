//! `look_back`: how many of the last steps are inferred together, and how.

use crate::document::context::Context;
use crate::document::expect;
use crate::document::fields::LOOK_BACK;
use crate::document::tree::Place;
use crate::engine::{LookBack, MOST_LOOK_BACK, Scheme};

pub(in super::super) const SCHEMES: [(&str, Scheme); 3] =
    [("smoothing", Scheme::Smoothing), ("variational", Scheme::Variational), ("marginal", Scheme::Marginal)];

pub(super) fn read(cx: &Context<'_>, place: Place<'_>) -> Option<LookBack> {
    let fields = LOOK_BACK.read(cx.sink, place, "`look_back`")?;
    let most = u32::try_from(MOST_LOOK_BACK).unwrap_or(u32::MAX);
    let whole = |place| expect::whole(cx.sink, place, "`steps` of `look_back`", 2, most);
    let steps = fields.get("steps").and_then(whole);
    let scheme = super::choose(cx, &fields, "by", &SCHEMES, Scheme::Smoothing);
    Some(LookBack { steps: usize::try_from(steps?).ok()?, scheme })
}
