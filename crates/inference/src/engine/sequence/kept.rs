//! What an agent that looks back remembers, as bytes.

use super::super::learning::{put, take};
use super::super::step::is_distribution;
use super::super::{Engine, LookBack};
use super::past::{Moment, Past};
use crate::model::Evidence;

/// What stands for evidence that is missing, or soft; an observation is its index and these two.
const MISSING: u64 = 0;
const SOFT: u64 = 1;
const OBSERVED: u64 = 2;

/// Appends how many steps there are; if any, what was believed before them, whether they begin an episode, and per step the
/// action before it and what was seen.
pub(in super::super) fn encode(past: &Past, out: &mut Vec<u8>) {
    put(out, past.moments.len() as u64);
    if past.moments.is_empty() {
        return;
    }
    out.push(u8::from(past.first));
    out.extend(past.prior.iter().flatten().flat_map(|p| p.to_le_bytes()));
    for Moment { evidence, preceding } in &past.moments {
        out.push(u8::from(preceding.is_some()));
        preceding.iter().flatten().for_each(|value| put(out, *value as u64));
        for evidence in evidence {
            match evidence {
                Evidence::Missing => put(out, MISSING),
                Evidence::Index(index) => put(out, OBSERVED + *index as u64),
                Evidence::Soft(weights) => {
                    put(out, SOFT);
                    out.extend(weights.iter().flat_map(|weight| weight.to_le_bytes()));
                }
            }
        }
    }
}

/// Reads what [`encode`] wrote, all of it; nothing if the bytes are not of that form, or speak of another model.
pub(in super::super) fn decode(mut bytes: &[u8], engine: &Engine) -> Option<Past> {
    let bytes = &mut bytes;
    let most = engine.options.look_back.map_or(0, |LookBack { steps, .. }| steps);
    let steps = usize::try_from(take(bytes)?).ok().filter(|steps| *steps < most)?;
    let mut past = Past::default();
    if steps > 0 {
        past.first = flag(bytes)?;
        let prior = engine.layout.sizes.iter().map(|size| distribution(bytes, *size));
        past.prior = prior.collect::<Option<_>>()?;
        past.moments = (0..steps).map(|step| moment(bytes, engine, past.first && step == 0)).collect::<Option<_>>()?;
    }
    bytes.is_empty().then_some(past)
}

fn moment(bytes: &mut &[u8], engine: &Engine, first: bool) -> Option<Moment> {
    let spec = engine.model.spec();
    let below = |number: u64, most: usize| usize::try_from(number).ok().filter(|number| *number < most);
    // What begins an episode follows no action, and everything else does.
    let acted = flag(bytes).filter(|acted| *acted != first)?;
    let controls = spec.controls.iter().map(|control| below(take(bytes)?, control.labels.len()));
    let preceding = if acted { Some(controls.collect::<Option<_>>()?) } else { None };
    let evidence = spec.modalities.iter().map(|modality| match take(bytes)? {
        MISSING => Some(Evidence::Missing),
        SOFT => distribution(bytes, modality.labels.len()).map(Evidence::Soft),
        index => below(index - OBSERVED, modality.labels.len()).map(Evidence::Index),
    });
    Some(Moment { evidence: evidence.collect::<Option<_>>()?, preceding })
}

fn flag(bytes: &mut &[u8]) -> Option<bool> {
    let (byte, rest) = bytes.split_first()?;
    *bytes = rest;
    (*byte < 2).then_some(*byte == 1)
}

fn distribution(bytes: &mut &[u8], size: usize) -> Option<Vec<f64>> {
    let (numbers, rest) = bytes.split_at_checked(8 * size)?;
    *bytes = rest;
    let numbers: Vec<f64> = numbers.as_chunks::<8>().0.iter().map(|number| f64::from_le_bytes(*number)).collect();
    is_distribution(&numbers).then_some(numbers)
}
