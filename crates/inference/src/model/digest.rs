//! The canonical form that names a model.

use super::{Axis, Learnable, Learning, Moment, Preference, Spec, Table};
use crate::numerics::{Digest, Hasher};

/// Names in order, tables as they are. What is only for people (units, descriptions) stays out.
pub(super) fn digest(spec: &Spec) -> Digest {
    let mut hasher = Hasher::new("freeagentics model 1");
    axes(&mut hasher, &spec.factors);
    axes(&mut hasher, &spec.controls);
    hasher.count(spec.modalities.len());
    for modality in &spec.modalities {
        hasher.text(&modality.name);
        texts(&mut hasher, &modality.labels);
        let bounds: Vec<f64> = modality.bins.iter().flatten().flat_map(|bin| [bin.low, bin.high]).collect();
        hasher.numbers(&bounds);
        hasher.count(usize::from(modality.initial.is_some()));
        hasher.counts(modality.initial.as_deref().unwrap_or_default());
    }
    spec.likelihoods.iter().chain(&spec.transitions).for_each(|entry| table(&mut hasher, entry));
    spec.priors.iter().for_each(|prior| hasher.numbers(prior));
    hasher.count(spec.preferences.len());
    spec.preferences.iter().for_each(|entry| preference(&mut hasher, entry));
    // Nothing at all for a model that nobody learns from: it keeps the name that it had before there was learning.
    spec.learning.iter().for_each(|entry| learning(&mut hasher, entry));
    hasher.finish()
}

fn learning(hasher: &mut Hasher, learning: &Learning) {
    hasher.text("learning");
    hasher.counts(&match learning.what {
        Learnable::Likelihood(modality) => [0, modality],
        Learnable::Transition(factor) => [1, factor],
        Learnable::Prior(factor) => [2, factor],
        Learnable::Habits => [3, 0],
    });
    hasher.numbers(&learning.strength);
    hasher.numbers(&[learning.rate, learning.forgetting]);
}

fn texts(hasher: &mut Hasher, texts: &[String]) {
    hasher.count(texts.len());
    texts.iter().for_each(|text| hasher.text(text));
}

fn axes(hasher: &mut Hasher, axes: &[Axis]) {
    hasher.count(axes.len());
    for axis in axes {
        hasher.text(&axis.name);
        texts(hasher, &axis.labels);
    }
}

fn table(hasher: &mut Hasher, table: &Table) {
    hasher.counts(&table.factors);
    hasher.counts(&table.controls);
    hasher.numbers(&table.values);
}

fn preference(hasher: &mut Hasher, preference: &Preference) {
    match preference {
        Preference::Observations { modality, values } => {
            hasher.count(0);
            hasher.count(*modality);
            hasher.numbers(values);
        }
        Preference::Timed { modality, values } => {
            hasher.count(3);
            hasher.counts(&[*modality, values.len()]);
            values.iter().for_each(|values| hasher.numbers(values));
        }
        Preference::Joint { factors, controls, at, values } => {
            hasher.count(if *at == Moment::Before { 1 } else { 2 });
            hasher.counts(factors);
            hasher.counts(controls);
            hasher.numbers(values);
        }
    }
}
