//! A model in plain words: what may be going on, what it sees of it, what it can do, what it wants.

pub(crate) mod cases;
mod plans;
mod tables;
mod wants;

use freeagentics_inference::{
    engine::Engine,
    model::{Bin, Modality, Spec},
};
use serde::Serialize;

use super::{
    amounts::{list, percent},
    odds,
};

/// One part of the portrait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Section {
    /// What it is about.
    pub(crate) title: &'static str,
    /// What is to be said.
    pub(crate) lines: Vec<Line>,
}

/// One line, set in by its depth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// 0 for a line of the section, 1 and 2 for what belongs to the line above.
    pub(crate) depth: usize,
    /// The words.
    pub(crate) text: String,
}

impl Line {
    fn new(depth: usize, text: impl Into<String>) -> Self {
        Self { depth, text: text.into() }
    }
}

/// How much is said of large tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The first lines of each.
    Some,
    /// Everything.
    All,
}

/// The whole model in words.
pub(crate) fn portrait(engine: &Engine, detail: Detail) -> Vec<Section> {
    let spec = engine.model().spec();
    let mut sections = vec![
        Section { title: "What may be going on (hidden states)", lines: factors(spec) },
        Section { title: "What it sees of that (observations)", lines: tables::sees(spec, detail) },
        Section { title: "What happens from one step to the next (transitions)", lines: tables::moves(spec, detail) },
        Section {
            title: "What it wants (preferences; the unit is the nat, only differences count)",
            lines: wants::wants(spec, detail),
        },
        Section { title: "What it believes before it has seen anything (prior)", lines: believes(spec) },
    ];
    if !spec.controls.is_empty() {
        sections.push(Section { title: "How it plans and chooses", lines: plans::plans(engine) });
    }
    sections.retain(|section| !section.lines.is_empty());
    sections
}

fn factors(spec: &Spec) -> Vec<Line> {
    let each = spec.factors.iter().map(|factor| format!("{}: {}", factor.name, some(&factor.labels, "or")));
    each.map(|text| Line::new(0, text)).collect()
}

fn believes(spec: &Spec) -> Vec<Line> {
    let each = spec.factors.iter().zip(&spec.priors);
    each.map(|(factor, prior)| Line::new(0, format!("{}: {}", factor.name, shares(&factor.labels, prior)))).collect()
}

/// A long list is cut in the middle: grids have hundreds of states.
fn some(labels: &[String], last: &str) -> String {
    match labels {
        [front @ .., end] if labels.len() > 12 => {
            let shown: Vec<&str> = front.iter().take(6).map(String::as_str).collect();
            format!("{}, … {last} {end} ({} in all)", shown.join(", "), labels.len())
        }
        _ => list(labels, last),
    }
}

/// A distribution, most likely first: `ok 97 %, slow 2.5 %, fail 0.5 %`.
fn shares(labels: &[String], column: &[f64]) -> String {
    const SHOWN: usize = 6;
    let ranked: Vec<(usize, f64)> = odds::ranked(column).into_iter().filter(|(_, p)| *p > 0.0).collect();
    if let [(only, _)] = ranked.as_slice() {
        return format!("always {}", super::names::label(labels, *only));
    }
    let even = ranked.first().zip(ranked.last()).is_some_and(|((_, most), (_, least))| most - least < 1e-12);
    if even && ranked.len() == labels.len() && ranked.len() > 2 {
        return format!("any of the {} alike", labels.len());
    }
    let said = |&(index, p): &(usize, f64)| format!("{} {}", super::names::label(labels, index), percent(p));
    let mut text: Vec<String> = ranked.iter().take(SHOWN).map(said).collect();
    if let Some(rest) = ranked.get(SHOWN..).filter(|rest| !rest.is_empty()) {
        text.push(format!("{} others {}", rest.len(), percent(rest.iter().map(|(_, p)| p).sum())));
    }
    text.join(", ")
}

/// The values of a modality, with its bins if it takes numbers: `calm (below 2.5 mm/s)`.
fn values(modality: &Modality) -> String {
    let Some(bins) = &modality.bins else { return some(&modality.labels, "or") };
    let unit = modality.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let each = modality.labels.iter().zip(bins).map(|(label, bin)| format!("{label} ({})", interval(*bin, &unit)));
    list(&each.collect::<Vec<_>>(), "or")
}

fn interval(bin: Bin, unit: &str) -> String {
    match (bin.low.is_finite(), bin.high.is_finite()) {
        (false, false) => "any number".to_owned(),
        (false, true) => format!("below {}{unit}", bin.high),
        (true, false) => format!("{}{unit} and above", bin.low),
        (true, true) => format!("{} to below {}{unit}", bin.low, bin.high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_read_from_the_most_likely_down() {
        let labels = ["quiet", "rattle", "bang"].map(str::to_owned);
        assert_eq!(shares(&labels, &[0.39, 0.6, 0.01]), "rattle 60 %, quiet 39 %, bang 1 %");
        assert_eq!(shares(&labels, &[0.0, 1.0, 0.0]), "always rattle");
        assert_eq!(shares(&labels, &[1.0 / 3.0; 3]), "any of the 3 alike");
    }

    #[test]
    fn bins_are_said_with_their_unit() {
        let bins = vec![
            Bin { low: f64::NEG_INFINITY, high: 2.5 },
            Bin { low: 2.5, high: 7.0 },
            Bin { low: 7.0, high: f64::INFINITY },
        ];
        let labels = ["calm", "rough", "alarming"].map(str::to_owned).to_vec();
        let unit = Some("mm/s".to_owned());
        let vibration = Modality { name: "vibration".to_owned(), labels, bins: Some(bins), unit, initial: None };
        let said = "calm (below 2.5 mm/s), rough (2.5 to below 7 mm/s) or alarming (7 mm/s and above)";
        assert_eq!(values(&vibration), said);
    }
}
