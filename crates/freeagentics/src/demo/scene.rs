//! What a world shows, as an observation is written, and what an agent does, as the world takes it.

use freeagentics_inference::{
    model::{Bin, Evidence, Modality, Spec},
    numerics::Random,
};
use serde_json::{Map, Value, json};

/// A value for each modality that shows something; numbers where the model puts numbers into bins.
pub(super) fn observation(spec: &Spec, shown: &[Evidence], random: &mut Random) -> Value {
    let each = spec.modalities.iter().zip(shown).filter_map(|(modality, evidence)| {
        let Evidence::Index(label) = evidence else { return None };
        Some((modality.name.clone(), value(modality, *label, random)?))
    });
    Value::Object(each.collect::<Map<_, _>>())
}

fn value(modality: &Modality, label: usize, random: &mut Random) -> Option<Value> {
    match modality.bins.as_ref() {
        Some(bins) => Some(json!(number(bins.get(label)?, random.uniform()))),
        None => Some(json!(modality.labels.get(label)?)),
    }
}

/// A number in a bin; low ones are likelier, as delays and vibrations have it.
fn number(bin: &Bin, uniform: f64) -> f64 {
    let width = match (bin.low.is_finite(), bin.high.is_finite()) {
        (true, true) => bin.high - bin.low,
        // Beyond its last border a modality goes on for as long again.
        (true, false) => bin.low.abs().max(1.0),
        (false, true) => return bin.high - 1.0 - bin.high.abs() * uniform,
        (false, false) => return 0.0,
    };
    let number = bin.low + width * uniform * uniform;
    // As many digits as somebody would write down; rounding must not leave the bin.
    let digits = if width >= 20.0 { 1.0 } else { 10.0 };
    ((number * digits).floor() / digits).max(bin.low)
}

/// `{"command": "listen"}` as the indices of the values; none if it is no action of the model.
pub(super) fn action(spec: &Spec, told: &Value) -> Option<Vec<usize>> {
    let index = |axis: &freeagentics_inference::model::Axis| {
        let value = told.get(&axis.name)?.as_str()?;
        axis.labels.iter().position(|label| label == value)
    };
    spec.controls.iter().map(index).collect()
}

#[cfg(test)]
mod tests {
    use freeagentics_inference::document::{self, Format, Limits, Observations};
    use worlds::Modelled;

    use super::*;
    use crate::models::SHIPPED;

    #[test]
    fn whatever_a_shipped_world_shows_the_model_reads_as_just_that() {
        for shipped in SHIPPED {
            let document = document::read(shipped.document, Format::Yaml, &Limits::default()).unwrap();
            let observations = Observations::of(&document.spec, Limits::default());
            let mut world = Modelled::new(document.spec.clone());
            for step in 0..500 {
                let mut random = Random::new(1, step, 0);
                if step % 50 == 0 {
                    world.begin(&mut random);
                }
                let shown = world.show(&mut random);
                let written = observation(&document.spec, &shown, &mut random);
                let reading = observations.read(&written.to_string()).unwrap_or_else(|wrong| panic!("{wrong:?}"));
                assert_eq!(reading.evidence, shown, "{} {written}", shipped.name);
                let first: Vec<usize> = document.spec.controls.iter().map(|_| step as usize % 2).collect();
                world.go_on(&first, &mut random);
            }
        }
    }

    #[test]
    fn an_action_is_taken_by_its_names_and_no_other_is() {
        let document = document::read(SHIPPED[0].document, Format::Yaml, &Limits::default()).unwrap();
        assert_eq!(action(&document.spec, &json!({ "action": "restart" })), Some(vec![2]));
        assert_eq!(action(&document.spec, &json!({ "action": "dance" })), None);
        assert_eq!(action(&document.spec, &Value::Null), None);
    }
}
