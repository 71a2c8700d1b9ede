//! What an observation says, and how it is shown to people.

use freeagentics_inference::{
    document::{Observations, Problems, Reading},
    model::{Evidence, Modality, Spec},
};
use serde_json::{Map, Value, json};

use crate::explain::{amounts::percent, names::label, odds::ranked};

/// An observation, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observed {
    /// What the agent is told.
    pub(crate) reading: Reading,
    /// The numbers behind binned observations, for people.
    numbers: Vec<Option<f64>>,
}

/// A line that fits the model: `{"check": "ok"}`.
pub(crate) fn example(spec: &Spec) -> String {
    let names = spec.modalities.first().map_or(("modality", "value"), |first| (&first.name, label(&first.labels, 0)));
    format!("{{{}: {}}}", json!(names.0), json!(names.1))
}

impl Observed {
    /// Reads an observation as it was written.
    pub(crate) fn read(
        observations: &Observations,
        spec: &Spec,
        written: &Map<String, Value>,
    ) -> Result<Self, Problems> {
        let reading = observations.read(&Value::Object(written.clone()).to_string())?;
        let number = |modality: &Modality| written.get(&modality.name).and_then(Value::as_f64);
        Ok(Self { reading, numbers: spec.modalities.iter().map(number).collect() })
    }

    /// One of which only the reading is known.
    pub(crate) fn of(reading: Reading) -> Self {
        Self { numbers: vec![None; reading.evidence.len()], reading }
    }

    /// `check=fail (5000 ms)`, one entry per modality that brought something.
    pub(crate) fn seen(&self, spec: &Spec) -> Vec<(usize, String)> {
        (0..spec.modalities.len()).filter_map(|modality| Some((modality, self.one(spec, modality)?))).collect()
    }

    /// All of it on one line.
    pub(crate) fn line(&self, spec: &Spec) -> String {
        let seen: Vec<String> = self.seen(spec).into_iter().map(|(_, text)| text).collect();
        if seen.is_empty() { "nothing seen".to_owned() } else { seen.join("  ") }
    }

    /// The same without the numbers behind it.
    pub(crate) fn seen_plainly(&self, spec: &Spec) -> Vec<(usize, String)> {
        Self::of(self.reading.clone()).seen(spec)
    }

    /// What kind of observation it is: without numbers, on one line.
    pub(crate) fn kind(&self, spec: &Spec) -> String {
        Self::of(self.reading.clone()).line(spec)
    }

    /// The same as data: the label of each modality, or the odds of a soft observation.
    pub(crate) fn json(&self, spec: &Spec) -> Value {
        let each = spec.modalities.iter().zip(&self.reading.evidence).filter_map(|(modality, evidence)| {
            let value = match evidence {
                Evidence::Missing => return None,
                Evidence::Index(index) => json!(label(&modality.labels, *index)),
                Evidence::Soft(odds) => {
                    let each = modality.labels.iter().zip(odds).map(|(label, odds)| (label.clone(), json!(odds)));
                    Value::Object(each.collect::<Map<_, _>>())
                }
            };
            Some((modality.name.clone(), value))
        });
        Value::Object(each.collect())
    }

    fn one(&self, spec: &Spec, modality: usize) -> Option<String> {
        let axis = spec.modalities.get(modality)?;
        let value = match self.reading.evidence.get(modality)? {
            Evidence::Missing => return None,
            Evidence::Index(index) => label(&axis.labels, *index).to_owned(),
            Evidence::Soft(odds) => {
                let likely = ranked(odds).into_iter().filter(|(_, p)| *p > 0.0).take(3);
                likely
                    .map(|(index, p)| format!("{} {}", label(&axis.labels, index), percent(p)))
                    .collect::<Vec<_>>()
                    .join("/")
            }
        };
        let number = self.numbers.get(modality).copied().flatten().map(|number| {
            let unit = axis.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            format!(" ({number}{unit})")
        });
        Some(format!("{}={value}{}", axis.name, number.unwrap_or_default()))
    }
}
