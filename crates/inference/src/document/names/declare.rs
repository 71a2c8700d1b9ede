//! Reading the declarations: `factors`, `controls`, `modalities`.

use std::collections::{BTreeMap, BTreeSet};

use super::label::{self, Labels};
use super::{Axis, Group, Kind, Names, Vocabulary, bins};
use crate::document::code::Code;
use crate::document::expect::{self, wrong_type};
use crate::document::fields::{CONTROL, FACTOR, Fields, MODALITY};
use crate::document::limits::Limits;
use crate::document::problem::Problem;
use crate::document::sink::Sink;
use crate::document::tree::Place;

/// Reads all declarations of a document.
pub(in super::super) fn declare(sink: &Sink, limits: &Limits, document: &Fields<'_>) -> Names {
    let mut taken = BTreeMap::new();
    let mut read = |kind: Kind, limit: usize| group(sink, limits, document, kind, limit, &mut taken);
    let mut names = Names {
        factors: read(Kind::Factor, limits.factors),
        controls: read(Kind::Control, limits.controls),
        modalities: read(Kind::Modality, limits.modalities),
    };
    for (kind, group) in [
        (Kind::Factor, &mut names.factors),
        (Kind::Control, &mut names.controls),
        (Kind::Modality, &mut names.modalities),
    ] {
        let others = taken.iter().filter(|&(_, &other)| other != kind);
        group.names.set_elsewhere(others.map(|(name, &kind)| (name.clone(), kind)).collect());
    }
    names
}

fn group(
    sink: &Sink,
    limits: &Limits,
    document: &Fields<'_>,
    kind: Kind,
    limit: usize,
    taken: &mut BTreeMap<String, Kind>,
) -> Group {
    let place = document.get(kind.plural());
    let readable = place.is_some_and(|place| check_count(sink, place, kind, limit));
    let mut axes = Vec::new();
    let mut reported = BTreeSet::new();
    let mut doubt = false;
    for (index, (place, key)) in
        place.filter(|_| readable).iter().flat_map(|p| p.children()).filter_map(|p| Some((p, p.key()?))).enumerate()
    {
        if !label::check_name(sink, &key) {
            reported.insert(key.text.to_string());
        }
        if let Some(other) = taken.get(&*key.text) {
            sink.report(name_taken(place, &key.text, *other));
            doubt = true;
        } else {
            taken.insert(key.text.to_string(), kind);
        }
        axes.push(axis(sink, limits, place, kind, index, key.text.into_owned()));
    }
    let mut names = Vocabulary::of_names(kind, axes.iter().map(|axis| axis.name.clone()).collect());
    names.set_reported(reported);
    // Controls may be absent; then none is declared, for sure.
    let none_wanted = kind == Kind::Control && place.is_none_or(|place| place.is_map() && place.len() == 0);
    if doubt || (!readable && !none_wanted) {
        names.doubt();
    }
    Group { names, axes }
}

fn check_count(sink: &Sink, place: Place<'_>, kind: Kind, limit: usize) -> bool {
    let plural = kind.plural();
    let subject = format!("`{plural}`");
    if !expect::map(sink, place, &subject, "a map from names to what they stand for") {
        return false;
    }
    let n = place.len();
    if n > limit {
        let message = format!("there are {n} {plural}; at most {limit} are allowed");
        let problem = Problem::at(place.spot(), Code::TooManyNames, message, "use fewer, or split the model");
        sink.report(problem.expected(limit).found(n));
    } else if n == 0 && kind != Kind::Control {
        let message = format!("{subject} declares nothing");
        sink.report(Problem::at(place.spot(), Code::NothingDeclared, message, "declare at least one"));
    }
    (1..=limit).contains(&n)
}

fn name_taken(place: Place<'_>, name: &str, other: Kind) -> Problem {
    let message = format!("`{name}` is the name of a {} already", other.noun());
    let mend = "rename one of the two; factors, controls and modalities share their names";
    Problem::at(place.key_spot(), Code::NameTaken, message, mend).found(name)
}

fn axis(sink: &Sink, limits: &Limits, place: Place<'_>, kind: Kind, index: usize, name: String) -> Axis {
    let labels = Vocabulary::of_labels(kind, &name, Vec::new());
    let mut axis = Axis { name, kind, index, labels, is_binned: false, bins: None, unit: None };
    let labels = if place.is_list() {
        let subject = format!("the list of {}s of `{}`", kind.label(), axis.name);
        Labels::read(sink, place, &subject, limits.labels)
    } else if place.is_map() {
        fields(sink, limits, place, &mut axis)
    } else {
        let subject = format!("{} `{}`", kind.noun(), axis.name);
        sink.report(wrong_type(place, &subject, &format!("a list of {}s", kind.label())));
        Labels::doubtful()
    };
    axis.labels = Vocabulary::of_labels(kind, &axis.name, labels.words);
    axis.labels.set_reported(labels.reported);
    if labels.doubt {
        axis.labels.doubt();
    }
    axis
}

fn fields(sink: &Sink, limits: &Limits, place: Place<'_>, axis: &mut Axis) -> Labels {
    let (part, key) = match axis.kind {
        Kind::Factor => (&FACTOR, "states"),
        Kind::Control => (&CONTROL, "values"),
        Kind::Modality => (&MODALITY, "values"),
    };
    let none = Labels::doubtful();
    let owner = format!("{} `{}`", axis.kind.noun(), axis.name);
    let Some(fields) = part.read(sink, place, &owner) else { return none };
    if let Some(unit) = fields.get("unit") {
        axis.unit = expect::line(sink, unit, &format!("`unit` of `{}`", axis.name)).map(str::to_owned);
    }
    let subject = |key: &str| format!("`{key}` of `{}`", axis.name);
    match (fields.get(key), fields.get("bins")) {
        (Some(values), None) => Labels::read(sink, values, &subject(key), limits.labels),
        (None, Some(bins)) => {
            let (labels, bins) = bins::read(sink, bins, &subject("bins"), limits.labels);
            axis.is_binned = true;
            axis.bins = bins;
            labels
        }
        (Some(_), Some(bins)) => {
            let message = format!("{owner} has both `values` and `bins`");
            sink.report(Problem::at(bins.key_spot(), Code::ConflictingKeys, message, "keep one of the two"));
            none
        }
        (None, None) => {
            // A factor or control without its list has been reported by its part.
            if axis.kind == Kind::Modality {
                let message = format!("{owner} has neither `values` nor `bins`");
                let mend = "add `values`, a list of names, or `bins`, intervals by name";
                sink.report(Problem::at(place.spot(), Code::ConflictingKeys, message, mend));
            }
            none
        }
    }
}
