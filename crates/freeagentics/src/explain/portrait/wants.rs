//! Preferences in words: what costs, what is worth.

use freeagentics_inference::model::{Axis, Moment, Preference, Spec};

use super::{Detail, Line};
use crate::explain::{amounts::amount, names::label};

/// Entries of one preference that are said before the rest is only counted.
const SHOWN: usize = 12;

/// What each preference costs or is worth.
pub(super) fn wants(spec: &Spec, detail: Detail) -> Vec<Line> {
    spec.preferences.iter().flat_map(|preference| want(spec, preference, detail)).collect()
}

fn want(spec: &Spec, preference: &Preference, detail: Detail) -> Vec<Line> {
    if let Preference::Timed { modality, values } = preference {
        let each = values.iter().enumerate();
        let said = each.flat_map(|(time, values)| {
            let lines = want(spec, &Preference::Observations { modality: *modality, values: values.clone() }, detail);
            lines.into_iter().map(move |line| Line { text: format!("in {} steps, {}", time + 1, line.text), ..line })
        });
        return said.collect();
    }
    let (heading, axes, values) = match preference {
        Preference::Observations { modality, values } => {
            let Some(modality) = spec.modalities.get(*modality) else { return Vec::new() };
            let axis = Axis { name: modality.name.clone(), labels: modality.labels.clone() };
            (format!("each time {} shows", modality.name), vec![axis], values)
        }
        Preference::Timed { .. } => return Vec::new(),
        Preference::Joint { factors, controls, at, values } => {
            let factors: Vec<Axis> = factors.iter().filter_map(|&index| spec.factors.get(index)).cloned().collect();
            let controls: Vec<Axis> = controls.iter().filter_map(|&index| spec.controls.get(index)).cloned().collect();
            let heading = occasion(&factors, &controls, *at);
            (heading, factors.into_iter().chain(controls).collect(), values)
        }
    };
    // Only differences count.
    if values.windows(2).all(|pair| matches!(pair, [one, next] if one == next)) {
        return Vec::new();
    }
    let mut entries: Vec<(String, f64)> = values
        .iter()
        .enumerate()
        .map(|(index, &value)| (place(&axes, index), value))
        .filter(|(_, v)| *v != 0.0)
        .collect();
    entries.sort_by(|left, right| left.1.total_cmp(&right.1));
    let shown = if detail == Detail::All { entries.len() } else { SHOWN };
    let mut said: Vec<String> = entries.iter().take(shown).map(|(place, value)| priced(place, *value)).collect();
    if entries.len() > shown {
        said.push(format!("… and {} more (--all)", entries.len() - shown));
    }
    if values.contains(&0.0) {
        said.push("the rest is free".to_owned());
    }
    vec![Line::new(0, format!("{heading}: {}", said.join(", ")))]
}

fn occasion(factors: &[Axis], controls: &[Axis], at: Moment) -> String {
    let names = |axes: &[Axis]| axes.iter().map(|axis| axis.name.as_str()).collect::<Vec<_>>().join(" and ");
    match (factors, controls, at) {
        ([], _, _) => format!("each {}", names(controls)),
        (_, [], Moment::After) => format!("each step in which {} is", names(factors)),
        (_, [], Moment::Before) => format!("each step that begins with {}", names(factors)),
        (_, _, Moment::After) => format!("each {}, by what {} then is", names(controls), names(factors)),
        (_, _, Moment::Before) => format!("each {}, by what {} was", names(controls), names(factors)),
    }
}

/// The labels at a row-major index: `left open_right`.
fn place(axes: &[Axis], index: usize) -> String {
    let mut rest = index;
    let mut labels = Vec::new();
    for axis in axes.iter().rev() {
        let size = axis.labels.len().max(1);
        labels.push(label(&axis.labels, rest % size));
        rest /= size;
    }
    labels.reverse();
    labels.join(" & ")
}

fn priced(place: &str, value: f64) -> String {
    if value < 0.0 {
        format!("{place} costs {}", amount(-value))
    } else {
        format!("{place} is worth {}", amount(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    #[test]
    fn costs_come_dearest_first() {
        let said: Vec<String> = wants(&watchdog(), Detail::Some).into_iter().map(|line| line.text).collect();
        assert_eq!(
            said,
            [
                "each step in which service is: hung costs 4, blip costs 1, overloaded costs 1, the rest is free",
                "each command: page costs 18, restart costs 10, probe costs 0.4, the rest is free",
            ]
        );
    }
}
