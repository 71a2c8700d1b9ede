//! What the parts of a model are called in sentences and tables.

use freeagentics_inference::model::{Axis, Spec};

/// The label at an index; an index comes from the model itself, so the fallback is never seen.
pub(crate) fn label(labels: &[String], index: usize) -> &str {
    labels.get(index).map_or("?", String::as_str)
}

/// One value per control: `probe`, or `heat=on fan=off` when there are several controls.
pub(crate) fn action(spec: &Spec, values: &[usize]) -> String {
    match spec.controls.as_slice() {
        [] => "watch".to_owned(),
        [only] => label(&only.labels, values.first().copied().unwrap_or(0)).to_owned(),
        controls => settings(controls, values).join(" "),
    }
}

/// `control=value` for each control.
pub(crate) fn settings(controls: &[Axis], values: &[usize]) -> Vec<String> {
    let each = controls.iter().zip(values);
    each.map(|(control, &value)| format!("{}={}", control.name, label(&control.labels, value))).collect()
}

/// A state with its factor, where there are several: `blip`, or `service=blip`.
pub(crate) fn state(spec: &Spec, factor: usize, state: usize) -> String {
    let Some(axis) = spec.factors.get(factor) else { return String::new() };
    let label = label(&axis.labels, state);
    if spec.factors.len() == 1 { label.to_owned() } else { format!("{}={label}", axis.name) }
}
