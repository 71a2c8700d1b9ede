//! Whether an agent's model speaks of the things that a world has, and which is which.

use freeagentics_inference::model::{Axis, Evidence, Spec};

use crate::world::Shape;

/// What a model and a world do not agree about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The world shows something that the model does not know, or takes something that it cannot set.
    #[error("the model has no {kind} `{name}`, which the world has; add it to the model, or choose another world")]
    Missing {
        /// `control` or `modality`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The model has something that is not in the world.
    #[error("the world has no {kind} `{name}`, which the model has; take it out of the model, or choose another world")]
    Unknown {
        /// `control` or `modality`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The same name stands for other values.
    #[error("`{label}` of the {kind} `{name}` is only in the {only}; use the same words in both")]
    Label {
        /// `control` or `modality`.
        kind: &'static str,
        /// The name of the control or modality.
        name: String,
        /// The value or observation.
        label: String,
        /// `model` or `world`.
        only: &'static str,
    },
}

/// How indices of a model and of a world belong together; both may have their own order.
#[derive(Clone, Debug)]
pub struct Fit {
    /// For each control of the world, the model's control, and for each of the model's values the world's.
    controls: Vec<(usize, Vec<usize>)>,
    /// For each modality of the model, the world's modality, and for each of the world's observations the model's.
    modalities: Vec<(usize, Vec<usize>)>,
}

impl Fit {
    /// Finds what belongs together by name.
    ///
    /// # Errors
    /// Everything that has no counterpart.
    pub fn new(shape: &Shape, spec: &Spec) -> Result<Self, Vec<Mismatch>> {
        let mut mismatches = Vec::new();
        let own = Shape::of(spec);
        compare("control", &shape.controls, &own.controls, &mut mismatches);
        compare("modality", &shape.modalities, &own.modalities, &mut mismatches);
        if !mismatches.is_empty() {
            return Err(mismatches);
        }
        let place = |axes: &[Axis], name: &str| axes.iter().position(|axis| axis.name == name).unwrap_or_default();
        let labels = |from: &Axis, to: &Axis| -> Vec<usize> {
            from.labels.iter().map(|label| to.labels.iter().position(|l| l == label).unwrap_or_default()).collect()
        };
        let pair = |from: &[Axis], to: &Axis| {
            let index = place(from, &to.name);
            from.get(index).map(|axis| (index, labels(axis, to)))
        };
        Ok(Self {
            controls: shape.controls.iter().filter_map(|control| pair(&own.controls, control)).collect(),
            modalities: own.modalities.iter().filter_map(|modality| pair(&shape.modalities, modality)).collect(),
        })
    }

    /// An action of the agent as the world takes it.
    pub fn action(&self, action: &[usize], out: &mut Vec<usize>) {
        out.clear();
        let value = |(control, values): &(usize, Vec<usize>)| values.get(*action.get(*control)?).copied();
        out.extend(self.controls.iter().map(|control| value(control).unwrap_or_default()));
    }

    /// What the world shows as the agent sees it.
    pub fn evidence(&self, shown: &[Evidence], out: &mut Vec<Evidence>) {
        out.clear();
        out.extend(self.modalities.iter().map(|(modality, observations)| match shown.get(*modality) {
            Some(Evidence::Index(index)) => {
                observations.get(*index).map_or(Evidence::Missing, |index| Evidence::Index(*index))
            }
            Some(Evidence::Soft(weights)) => {
                let mut soft = vec![0.0; weights.len()];
                let moved = observations.iter().zip(weights);
                moved.for_each(|(to, weight)| soft.iter_mut().skip(*to).take(1).for_each(|slot| *slot = *weight));
                Evidence::Soft(soft)
            }
            Some(Evidence::Missing) | None => Evidence::Missing,
        }));
    }
}

fn compare(kind: &'static str, world: &[Axis], model: &[Axis], mismatches: &mut Vec<Mismatch>) {
    for axis in world {
        let Some(own) = model.iter().find(|own| own.name == axis.name) else {
            mismatches.push(Mismatch::Missing { kind, name: axis.name.clone() });
            continue;
        };
        for (these, others, only) in [(axis, own, "world"), (own, axis, "model")] {
            let lone = these.labels.iter().filter(|label| !others.labels.contains(label));
            let mismatch =
                |label: &String| Mismatch::Label { kind, name: axis.name.clone(), label: label.clone(), only };
            mismatches.extend(lone.map(mismatch));
        }
    }
    let unknown = model.iter().filter(|own| !world.iter().any(|axis| axis.name == own.name));
    mismatches.extend(unknown.map(|own| Mismatch::Unknown { kind, name: own.name.clone() }));
}
