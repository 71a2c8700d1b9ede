//! The last line of defence before a description becomes a model.
//!
//! Documents are checked by [`crate::document`] with positions and mends; this check is for descriptions made by
//! programs, and makes sure that the engine never meets a table that does not fit.

use std::collections::BTreeSet;
use std::fmt;

use super::{Axis, Learnable, Learning, MOST_PREFERENCE, Preference, Spec, Table};

/// How far a column may be from summing to 1.
const TOLERANCE: f64 = 1e-9;

/// The largest count and the largest rate: beyond it adding one observation changes nothing any more.
pub(crate) const MOST_STRENGTH: f64 = 1e9;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The place, as in ``likelihood of `sound` ``.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// Collects faults.
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.0.push(Fault { place: place.into(), problem: problem.into() });
    }

    fn unique<'a>(&mut self, place: &str, names: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if name.is_empty() {
                self.add(place, "a name is empty");
            } else if !seen.insert(name) {
                self.add(place, format!("`{name}` stands twice"));
            }
        }
    }

    fn labels(&mut self, kind: &str, name: &str, labels: &[String]) {
        let place = format!("{kind} `{name}`");
        if labels.is_empty() {
            self.add(&place, "needs at least one label");
        }
        self.unique(&place, labels.iter().map(String::as_str));
    }

    fn preferences(&mut self, place: &str, values: &[f64], expected: usize) {
        self.finite(place, values, expected);
        if values.iter().any(|x| x.abs() > MOST_PREFERENCE) {
            self.add(place, format!("has a value beyond ±{MOST_PREFERENCE:e} nats"));
        }
    }

    pub(crate) fn finite(&mut self, place: &str, values: &[f64], expected: usize) {
        if values.len() != expected {
            self.add(place, format!("has {} values; {expected} expected", values.len()));
        }
        if values.iter().any(|x| !x.is_finite()) {
            self.add(place, "has a value that is not a finite number");
        }
    }
}

/// Every fault of a description, in its order.
pub(super) fn check(spec: &Spec) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    check_names(spec, &mut faults);
    if !faults.0.is_empty() {
        return faults.0; // Tables cannot be judged against axes that are broken.
    }
    check_likelihoods(spec, &mut faults);
    check_transitions(spec, &mut faults);
    check_priors(spec, &mut faults);
    check_preferences(spec, &mut faults);
    check_learning(spec, &mut faults);
    faults.0
}

fn check_names(spec: &Spec, faults: &mut Faults) {
    if spec.factors.is_empty() {
        faults.add("factors", "a model needs at least one");
    }
    if spec.modalities.is_empty() {
        faults.add("modalities", "a model needs at least one");
    }
    let axes = |axes: &[Axis]| axes.iter().map(|axis| axis.name.clone()).collect::<Vec<_>>();
    let mut names = axes(&spec.factors);
    names.extend(axes(&spec.controls));
    names.extend(spec.modalities.iter().map(|modality| modality.name.clone()));
    faults.unique("names", names.iter().map(String::as_str));
    spec.factors.iter().for_each(|factor| faults.labels("factor", &factor.name, &factor.labels));
    spec.controls.iter().for_each(|control| faults.labels("control", &control.name, &control.labels));
    for modality in &spec.modalities {
        faults.labels("modality", &modality.name, &modality.labels);
        if let Some(bins) = &modality.bins {
            let ordered = bins.iter().all(|bin| bin.low < bin.high)
                && bins.iter().zip(bins.iter().skip(1)).all(|(bin, next)| bin.high == next.low);
            if bins.len() != modality.labels.len() || !ordered {
                faults.add(
                    format!("modality `{}`", modality.name),
                    "needs one bin per label, ascending and without gaps",
                );
            }
        }
    }
}

fn check_likelihoods(spec: &Spec, faults: &mut Faults) {
    if spec.likelihoods.len() != spec.modalities.len() {
        faults.add("likelihood", "needs one table per modality");
    }
    for (modality, table) in spec.modalities.iter().zip(&spec.likelihoods) {
        let place = format!("likelihood of `{}`", modality.name);
        check_distributions(spec, &place, table, modality.labels.len(), faults);
        if let Some(initial) = &modality.initial {
            let fits = initial.len() == table.controls.len()
                && initial.iter().zip(&table.controls).all(|(value, control)| {
                    spec.controls.get(*control).is_some_and(|control| *value < control.labels.len())
                });
            if !fits {
                faults.add(&place, "`initial` must give one value for each control it depends on");
            }
        }
    }
}

fn check_transitions(spec: &Spec, faults: &mut Faults) {
    if spec.transitions.len() != spec.factors.len() {
        faults.add("transition", "needs one table per factor");
    }
    for (factor, table) in spec.factors.iter().zip(&spec.transitions) {
        check_distributions(spec, &format!("transition of `{}`", factor.name), table, factor.labels.len(), faults);
    }
}

fn check_priors(spec: &Spec, faults: &mut Faults) {
    if spec.priors.len() != spec.factors.len() {
        faults.add("prior", "needs one distribution per factor");
    }
    for (factor, prior) in spec.factors.iter().zip(&spec.priors) {
        let table = Table { factors: Vec::new(), controls: Vec::new(), values: prior.clone() };
        check_distributions(spec, &format!("prior of `{}`", factor.name), &table, factor.labels.len(), faults);
    }
}

fn check_preferences(spec: &Spec, faults: &mut Faults) {
    for preference in &spec.preferences {
        match preference {
            Preference::Observations { modality, values } => match spec.modalities.get(*modality) {
                Some(modality) => {
                    faults.preferences(&format!("preference over `{}`", modality.name), values, modality.labels.len());
                }
                None => faults.add("preference", "names a modality that does not exist"),
            },
            Preference::Timed { modality, values } => match spec.modalities.get(*modality) {
                Some(modality) if !values.is_empty() => values.iter().for_each(|values| {
                    faults.preferences(&format!("preference over `{}`", modality.name), values, modality.labels.len());
                }),
                Some(_) => faults.add("preference", "is given for no step"),
                None => faults.add("preference", "names a modality that does not exist"),
            },
            Preference::Joint { factors, controls, values, .. } => match columns(spec, factors, controls) {
                Ok(expected) => faults.preferences("joint preference", values, expected),
                Err(problem) => faults.add("joint preference", problem),
            },
        }
    }
}

fn check_learning(spec: &Spec, faults: &mut Faults) {
    for (index, learning) in spec.learning.iter().enumerate() {
        let Some((place, columns)) = learnt_columns(spec, learning) else {
            faults.add("learning", "names a modality or factor that does not exist");
            continue;
        };
        if spec.learning[..index].iter().any(|other| other.what == learning.what) {
            faults.add(&place, "stands twice");
        }
        faults.finite(&format!("strength of the {place}"), &learning.strength, columns);
        if learning.strength.iter().any(|strength| *strength <= 0.0 || *strength > MOST_STRENGTH) {
            faults.add(&place, format!("needs strengths above 0 and at most {MOST_STRENGTH:e}"));
        }
        if !(0.0..=MOST_STRENGTH).contains(&learning.rate) {
            faults.add(&place, format!("has the rate {}; it must be from 0 to {MOST_STRENGTH:e}", learning.rate));
        }
        if !(0.0..1.0).contains(&learning.forgetting) {
            faults.add(&place, format!("forgets {}; it must be from 0 to below 1", learning.forgetting));
        }
    }
}

/// What is learnt in words, and how many columns it has.
fn learnt_columns(spec: &Spec, learning: &Learning) -> Option<(String, usize)> {
    let of_table = |table: &Table| columns(spec, &table.factors, &table.controls).ok();
    Some(match learning.what {
        Learnable::Likelihood(index) => {
            let modality = spec.modalities.get(index)?;
            (format!("learning of the likelihood of `{}`", modality.name), of_table(spec.likelihoods.get(index)?)?)
        }
        Learnable::Transition(index) => {
            let factor = spec.factors.get(index)?;
            (format!("learning of the transition of `{}`", factor.name), of_table(spec.transitions.get(index)?)?)
        }
        Learnable::Prior(index) => (format!("learning of the prior of `{}`", spec.factors.get(index)?.name), 1),
        Learnable::Habits => ("learning of the habits".to_owned(), 1),
    })
}

/// The number of combinations of the named dependencies, or what is wrong with them.
fn columns(spec: &Spec, factors: &[usize], controls: &[usize]) -> Result<usize, &'static str> {
    let sizes = |indices: &[usize], axes: &[Axis]| -> Option<usize> {
        let distinct = indices.iter().collect::<BTreeSet<_>>().len() == indices.len();
        let product =
            indices.iter().try_fold(1_usize, |product, index| product.checked_mul(axes.get(*index)?.labels.len()));
        distinct.then_some(product?)
    };
    match (sizes(factors, &spec.factors), sizes(controls, &spec.controls)) {
        (Some(factors), Some(controls)) => factors.checked_mul(controls).ok_or("is too large"),
        (None, _) => Err("names a factor that does not exist or stands twice"),
        (_, None) => Err("names a control that does not exist or stands twice"),
    }
}

fn check_distributions(spec: &Spec, place: &str, table: &Table, outcomes: usize, faults: &mut Faults) {
    let columns = match columns(spec, &table.factors, &table.controls) {
        Ok(columns) => columns,
        Err(problem) => return faults.add(place, problem),
    };
    if columns.checked_mul(outcomes) != Some(table.values.len()) {
        return faults.add(
            place,
            format!("has {} entries; {outcomes} outcomes × {columns} columns expected", table.values.len()),
        );
    }
    if table.values.iter().any(|p| !p.is_finite() || *p < 0.0) {
        return faults.add(place, "has an entry that is not a probability");
    }
    // Row by row, as they lie in memory.
    let mut sums = vec![0.0; columns];
    for row in table.values.chunks_exact(columns) {
        sums.iter_mut().zip(row).for_each(|(sum, p)| *sum += p);
    }
    for (column, sum) in sums.into_iter().enumerate() {
        if (sum - 1.0_f64).abs() > TOLERANCE {
            faults.add(place, format!("column {column} sums to {sum}, not 1"));
        }
    }
}
