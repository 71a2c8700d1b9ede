//! What a model's names stand for: factors with states, controls with values, modalities with observations.

mod bins;
mod declare;
mod label;
mod vocabulary;

use crate::model::{self, Bin};

pub(super) use declare::declare;
pub(super) use label::{LABEL_PATTERN, NAME_PATTERN, RESERVED_LABELS, RESERVED_NAMES};
pub(super) use vocabulary::{Matched, Vocabulary};

use super::sink::Sink;
use super::tree::Word;

/// Kinds of named things; their names share one namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Factor,
    Control,
    Modality,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Factor, Kind::Control, Kind::Modality];

    /// What one is called.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Kind::Factor => "factor",
            Kind::Control => "control",
            Kind::Modality => "modality",
        }
    }

    pub(super) fn plural(self) -> &'static str {
        match self {
            Kind::Factor => "factors",
            Kind::Control => "controls",
            Kind::Modality => "modalities",
        }
    }

    /// What one of its labels is called.
    pub(super) fn label(self) -> &'static str {
        match self {
            Kind::Factor => "state",
            Kind::Control => "value",
            Kind::Modality => "observation",
        }
    }
}

/// A factor, control or modality with its labels.
#[derive(Debug)]
pub(super) struct Axis {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) index: usize,
    pub(super) labels: Vocabulary,
    /// A modality that takes numbers.
    pub(super) is_binned: bool,
    /// Its bins; `None` also when they are wrong.
    pub(super) bins: Option<Vec<Bin>>,
    pub(super) unit: Option<String>,
}

impl Axis {
    /// Number of labels, if the declaration is clear about it.
    pub(super) fn size(&self) -> Option<usize> {
        self.labels.is_sure().then(|| self.labels.words().len())
    }
}

/// All things of one kind.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) names: Vocabulary,
    pub(super) axes: Vec<Axis>,
}

/// All names of a model.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) factors: Group,
    pub(super) controls: Group,
    pub(super) modalities: Group,
}

impl Names {
    /// The names of a finished model.
    pub(super) fn of(spec: &model::Spec) -> Self {
        let axes = |kind, axes: &[model::Axis]| -> Group {
            let plain = axes.iter().map(|axis| (axis.name.clone(), axis.labels.clone(), None, None));
            Group::new(kind, plain.collect())
        };
        let modalities = spec.modalities.iter().map(|modality| {
            let model::Modality { name, labels, bins, unit, .. } = modality.clone();
            (name, labels, bins, unit)
        });
        Self {
            factors: axes(Kind::Factor, &spec.factors),
            controls: axes(Kind::Control, &spec.controls),
            modalities: Group::new(Kind::Modality, modalities.collect()),
        }
    }

    pub(super) fn group(&self, kind: Kind) -> &Group {
        match kind {
            Kind::Factor => &self.factors,
            Kind::Control => &self.controls,
            Kind::Modality => &self.modalities,
        }
    }

    /// What a name stands for, if anything.
    pub(super) fn find(&self, name: &str) -> Option<&Axis> {
        let group = self.group(self.kind_of(name)?);
        group.axes.get(group.names.find(name)?)
    }

    /// The kind of which a name is, if any.
    pub(super) fn kind_of(&self, name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|&kind| self.group(kind).names.find(name).is_some())
    }

    /// What a word stands for, if it names a thing of one of these kinds; else a problem is reported.
    pub(super) fn refer(&self, sink: &Sink, word: &Word<'_>, kinds: &[Kind]) -> Option<&Axis> {
        let exact = kinds.iter().find_map(|&kind| {
            let group = self.group(kind);
            let index = group.names.find(&word.text)?;
            group.names.check_quotes(sink, word);
            group.axes.get(index)
        });
        if exact.is_none() {
            vocabulary::report_unknown_name(self, sink, word, kinds);
        }
        exact
    }
}

type Parts = (String, Vec<String>, Option<Vec<Bin>>, Option<String>);

impl Group {
    fn new(kind: Kind, parts: Vec<Parts>) -> Self {
        let names = Vocabulary::of_names(kind, parts.iter().map(|(name, ..)| name.clone()).collect());
        let axis = |(index, (name, labels, bins, unit)): (usize, Parts)| {
            let labels = Vocabulary::of_labels(kind, &name, labels);
            Axis { name, kind, index, labels, is_binned: bins.is_some(), bins, unit }
        };
        Self { names, axes: parts.into_iter().enumerate().map(axis).collect() }
    }
}
