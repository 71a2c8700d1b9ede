//! Many agents of one engine: what several of them come to in the same way is computed once.
//!
//! A step depends on what was believed, what was done and what is seen, and on nothing else but the draw of a sampled choice.
//! Where beliefs are certain or episodes begin alike, agents share most of their steps; a step that was taken before, bit
//! for bit, is looked up. The bits are those of [`Engine::step`] alone.

use super::step::Scratch;
use super::{Decision, Engine, Input, State, StepError};
use crate::model::Evidence;

/// Different steps that are remembered.
const REMEMBERED: usize = 256;

/// Steps of which it is remembered that they were taken once.
const SEEN: usize = 4096;

/// Numbers that all remembered steps may take together.
const MOST_NUMBERS: usize = 1 << 22;

/// Working memory for the steps of many agents.
#[derive(Clone, Debug)]
pub struct Batch {
    /// For steps that nobody has taken before.
    common: Scratch,
    /// Steps by the low bits of their hash.
    steps: Vec<Option<Box<Remembered>>>,
    /// Hashes of steps that were taken once, by their low bits. Only what comes again is worth a place.
    seen: Vec<u64>,
    key: Vec<u64>,
    /// Whether anything may be remembered: an agent that learns decides otherwise the next time, and one that looks back goes
    /// by more than what it believed last.
    sharing: bool,
}

#[derive(Clone, Debug)]
struct Remembered {
    key: Vec<u64>,
    scratch: Scratch,
}

impl Engine {
    /// Working memory for many agents of this engine.
    pub fn batch(&self) -> Batch {
        let common = self.scratch();
        let places = (MOST_NUMBERS / common.numbers().max(1)).clamp(1, REMEMBERED);
        // A power of two, so that a hash finds its place by its low bits.
        let places = if places.is_power_of_two() { places } else { places.next_power_of_two() / 2 };
        Batch {
            common,
            steps: vec![None; places],
            seen: vec![0; SEEN],
            key: Vec::new(),
            sharing: self.lessons.total == 0 && self.options.look_back.is_none(),
        }
    }

    /// As [`Engine::step`], with what other agents have come to.
    ///
    /// # Errors
    /// As [`Engine::step`].
    pub fn step_shared<'a>(
        &'a self,
        state: &mut State,
        input: &Input<'a>,
        seed: u64,
        batch: &'a mut Batch,
    ) -> Result<Decision<'a>, StepError> {
        if !batch.sharing || !self.write_key(state, input, &mut batch.key) {
            return self.step(state, input, seed, &mut batch.common);
        }
        let hash = hash(&batch.key);
        let place = hash as usize & (batch.steps.len() - 1);
        let known = batch.steps[place].as_ref().is_some_and(|step| step.key == batch.key);
        if !known {
            let seen = &mut batch.seen[hash as usize & (SEEN - 1)];
            if std::mem::replace(seen, hash) != hash {
                return self.step(state, input, seed, &mut batch.common);
            }
            return self.remember(state, input, seed, batch, place);
        }
        let Some(step) = &mut batch.steps[place] else { return self.step(state, input, seed, &mut batch.common) };
        let scratch = &mut step.scratch;
        scratch.selection.choose(self, seed, state.steps);
        state.advance(&scratch.belief, &scratch.selection.action, scratch.followed);
        Ok(Decision { engine: self, scratch, input: *input })
    }

    /// Takes one step each for many agents, in order, and shows every decision.
    ///
    /// `seeds` and `inputs` belong to the states in their order; what has no counterpart is left alone.
    pub fn step_batch(
        &self,
        states: &mut [State],
        inputs: &[Input<'_>],
        seeds: &[u64],
        batch: &mut Batch,
        mut each: impl FnMut(usize, Result<Decision<'_>, StepError>),
    ) {
        for (index, ((state, input), seed)) in states.iter_mut().zip(inputs).zip(seeds).enumerate() {
            each(index, self.step_shared(state, input, *seed, batch));
        }
    }

    /// Takes a step and keeps it.
    fn remember<'a>(
        &'a self,
        state: &mut State,
        input: &Input<'a>,
        seed: u64,
        batch: &'a mut Batch,
        place: usize,
    ) -> Result<Decision<'a>, StepError> {
        let step =
            batch.steps[place].get_or_insert_with(|| Box::new(Remembered { key: Vec::new(), scratch: self.scratch() }));
        step.key.clear();
        // A refused step leaves no key behind, and is refused again.
        let decision = self.step(state, input, seed, &mut step.scratch)?;
        step.key.extend(&batch.key);
        Ok(decision)
    }

    /// What a step depends on, as words; `false` if that is not simple, or the step will be refused.
    fn write_key(&self, state: &State, input: &Input<'_>, key: &mut Vec<u64>) -> bool {
        if state.model != self.model_mark || input.evidence.len() != self.model.spec().modalities.len() {
            return false;
        }
        key.clear();
        key.push(u64::from(state.begun) << 32 | u64::from(input.elapsed));
        key.push(u64::from(state.followed));
        for evidence in input.evidence {
            match evidence {
                Evidence::Missing => key.push(u64::MAX),
                Evidence::Index(index) => key.push(*index as u64),
                Evidence::Soft(_) => return false,
            }
        }
        if state.begun {
            key.extend(input.executed.unwrap_or(&state.action).iter().map(|value| *value as u64));
            key.extend(state.belief.iter().map(|p| p.to_bits()));
        }
        true
    }
}

/// Four streams side by side.
fn hash(key: &[u64]) -> u64 {
    let mut streams: [u64; 4] = [1, 2, 3, 4];
    let (chunks, rest) = key.as_chunks::<4>();
    for chunk in chunks {
        streams.iter_mut().zip(chunk).for_each(|(stream, word)| *stream = mix(*stream, *word));
    }
    let mixed = streams.into_iter().chain(rest.iter().copied()).fold(key.len() as u64, mix);
    // Zero stands for nothing seen.
    mixed | 1 << 63
}

fn mix(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 29)
}
