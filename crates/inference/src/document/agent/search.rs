//! `search`: how far plans that depend on what will be observed are looked for, and what that may cost.

use crate::document::context::Context;
use crate::document::expect;
use crate::document::fields::SEARCH;
use crate::document::tree::Place;
use crate::engine::{Backup, MOST_SEARCH_DEPTH, MOST_SEARCH_NODES, Search};

pub(in super::super) const BACKUPS: [(&str, Backup); 2] = [("expected", Backup::Expected), ("best", Backup::Best)];

pub(super) fn read(cx: &Context<'_>, place: Place<'_>) -> Option<Search> {
    let fields = SEARCH.read(cx.sink, place, "`search`")?;
    let default = Search::default();
    let deepest = u32::try_from(MOST_SEARCH_DEPTH).unwrap_or(u32::MAX);
    let depth = fields.get("depth").and_then(|place| expect::whole(cx.sink, place, "`depth` of `search`", 1, deepest));
    let nodes = match fields.get("nodes") {
        Some(place) => expect::whole(cx.sink, place, "`nodes` of `search`", 1, MOST_SEARCH_NODES),
        None => Some(default.nodes),
    };
    let number = |key: &str, inside: fn(f64) -> bool, wanted: &str| match fields.get(key) {
        Some(place) => expect::within(cx.sink, place, &format!("`{key}` of `search`"), inside, wanted),
        None => Some(0.0),
    };
    let share = |p: f64| (0.0..1.0).contains(&p);
    let prune_actions = number("prune_actions", share, "from 0 to below 1");
    let prune_outcomes = number("prune_outcomes", share, "from 0 to below 1");
    let sure = number("sure", |nats| nats >= 0.0, "0 or more");
    let surprise = number("surprise", |nats| nats >= 0.0, "0 or more");
    let every = match fields.get("every") {
        Some(place) => expect::whole(cx.sink, place, "`every` of `search`", 1, depth.unwrap_or(deepest)),
        None => Some(default.every),
    };
    let backup = super::choose(cx, &fields, "backup", &BACKUPS, default.backup);
    let depth = usize::try_from(depth?).ok()?;
    Some(Search {
        depth,
        nodes: nodes?,
        prune_actions: prune_actions?,
        prune_outcomes: prune_outcomes?,
        backup,
        sure: sure?,
        every: every?,
        surprise: surprise?,
    })
}
