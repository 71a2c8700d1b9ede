//! A state as bytes: small, exact, and refused when it does not fit.

use super::learning::{MOST_COUNT, decode, encode};
use super::sequence;
use super::step::is_distribution;
use super::{Engine, Learns, MOST_SEARCH_DEPTH, State};

/// First byte of a saved state.
const FORMAT: u8 = 1;

/// First byte of a saved state of an agent that learns: behind the rest it says what was learnt.
const LEARNING: u8 = 2;

/// First byte of a saved state of an agent that looks back: behind all that it says what the agent remembers.
const LOOKING_BACK: u8 = 3;

/// Format, mark of the model and count of steps; what follows is the agent's own.
const COMMON: usize = 1 + 8 + 8;

/// Why bytes are not a state of this engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// Written by another version, or not a state at all.
    #[error(
        "the saved state has format {0:?}; this version reads {FORMAT}, {LEARNING} of an agent that learns, {LOOKING_BACK} of \
         one that looks back"
    )]
    Format(Option<u8>),
    /// The state belongs to an agent of another model.
    #[error("the state belongs to another model")]
    Foreign,
    /// The bytes do not fit the model.
    #[error("the saved state has {found} bytes; a state of this model has {expected}")]
    Length {
        /// Bytes of a state of this engine.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// The bytes hold something that no state holds.
    #[error("the saved state is damaged: {0}")]
    Damaged(&'static str),
    /// The bytes hold counts that no learning comes to. What is computed from them would be no numbers any more.
    #[error("the saved state has learnt more than can be learnt: a count is past {MOST_COUNT:e}")]
    Beyond,
}

const UNFIT: &str = "what was learnt does not fit the model";
const FORGOTTEN: &str = "what it remembers does not fit the model";

/// 0 before an episode has begun, then one more than the steps for which a plan has been followed.
fn mark(state: &State) -> u8 {
    if state.begun { u8::try_from(state.followed + 1).unwrap_or(u8::MAX) } else { 0 }
}

impl Engine {
    /// The state as bytes: format, mark of the model, count of steps, whether an episode has begun and how long a plan has been
    /// followed, action, beliefs, all little-endian. For an agent that learns what it has learnt follows, in as few bytes as
    /// will do; for one that looks back what it remembers.
    ///
    /// # Errors
    /// If the state belongs to another model; and if it is one that could not be read again, so that nobody keeps such.
    pub fn save(&self, state: &State, out: &mut Vec<u8>) -> Result<(), SavedError> {
        if state.model != self.model_mark || state.deltas.len() != self.lessons.total {
            return Err(SavedError::Foreign);
        }
        self.check_kept(state)?;
        out.clear();
        out.push(self.saved_format());
        out.extend(state.model.to_le_bytes());
        out.extend(state.steps.to_le_bytes());
        out.push(mark(state));
        out.extend(state.action.iter().flat_map(|value| (*value as u32).to_le_bytes()));
        for (factor, size) in self.layout.sizes.iter().enumerate() {
            let belief = &state.belief[self.layout.range(factor)][..*size];
            out.extend(belief.iter().flat_map(|p| p.to_le_bytes()));
        }
        if self.lessons.total > 0 {
            encode(&state.deltas, out);
            encode(&state.pending, out);
        }
        if self.options.look_back.is_some() {
            sequence::encode(&state.past, out);
        }
        Ok(())
    }

    /// Reads what [`save`](Self::save) wrote, to the same bits.
    ///
    /// # Errors
    /// If the bytes were not written for this model, or are damaged.
    pub fn load(&self, bytes: &[u8]) -> Result<State, SavedError> {
        let mut state = self.start();
        self.load_into(bytes, &mut state).map(|()| state)
    }

    /// As [`load`](Self::load), into a state that is there already, so that nothing is allocated.
    ///
    /// # Errors
    /// If the bytes were not written for this model, or are damaged; `state` is then to be loaded again or restarted.
    pub fn load_into(&self, bytes: &[u8], state: &mut State) -> Result<(), SavedError> {
        let (steps, own) = self.parts(bytes)?;
        self.load_own(own, steps, state)
    }

    /// What of a saved state is the agent's own, and not the same for all agents of the model that have taken as many
    /// steps: whoever keeps very many of them keeps this.
    ///
    /// # Errors
    /// If the bytes were not written for this model and so many steps, or are damaged.
    pub fn own_part<'a>(&self, bytes: &'a [u8], steps: u64) -> Result<&'a [u8], SavedError> {
        match self.parts(bytes)? {
            (found, own) if found == steps => Ok(own),
            _ => Err(SavedError::Damaged("its count of steps is not the agent's")),
        }
    }

    /// Whether what is saved of an agent goes beyond its episode: it learns.
    pub fn outlives_episodes(&self) -> bool {
        self.lessons.total > 0
    }

    /// An agent's own part once its episode is over; nothing if nothing of it goes on.
    pub fn own_after_episode(&self, own: &[u8]) -> Option<Vec<u8>> {
        let (_, rest) = own.split_first().filter(|_| self.outlives_episodes())?;
        Some([&[0], rest].concat())
    }

    /// As [`load_into`](Self::load_into), from the agent's own part.
    ///
    /// # Errors
    /// If the bytes do not fit the model, or are damaged; `state` is then to be loaded again or restarted.
    pub fn load_own(&self, own: &[u8], steps: u64, state: &mut State) -> Result<(), SavedError> {
        if state.model != self.model_mark || state.deltas.len() != self.lessons.total {
            return Err(SavedError::Foreign);
        }
        let length = SavedError::Length { expected: self.saved_length(), found: COMMON + own.len() };
        let (own, learnt) = own.split_at_checked(self.saved_length() - COMMON).ok_or(length)?;
        let learns = self.lessons.total > 0;
        let past = if learns { self.load_learnt(learnt, state)? } else { learnt };
        match (self.options.look_back.is_some(), past.is_empty()) {
            (true, _) => state.past = sequence::decode(past, self).ok_or(SavedError::Damaged(FORGOTTEN))?,
            (false, true) => {}
            (false, false) => return Err(if learns { SavedError::Damaged(UNFIT) } else { length }),
        }
        let (begun, rest) = own.split_first().ok_or(length)?;
        let (actions, beliefs) = rest.split_at_checked(4 * self.plans.n_controls).ok_or(length)?;
        state.steps = steps;
        state.begun = *begun > 0;
        state.followed = u32::from(begun.saturating_sub(1));
        let actions = actions.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes) as usize);
        state.action.iter_mut().zip(actions).for_each(|(to, from)| *to = from);
        let beliefs = beliefs.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes));
        let places = self.layout.sizes.iter().enumerate();
        let places = places.flat_map(|(factor, size)| self.layout.range(factor).take(*size));
        places.zip(beliefs).for_each(|(place, p)| state.belief[place] = p);
        self.check_loaded(*begun, state)
    }

    /// Reads what was learnt, and returns the rest.
    fn load_learnt<'a>(&self, bytes: &'a [u8], state: &mut State) -> Result<&'a [u8], SavedError> {
        let pending = decode(bytes, &self.lessons, &mut state.deltas)?;
        // Nothing is pending for most agents, and then no room is needed for it.
        if self.options.learns == Learns::Episode || pending.first() != Some(&0) {
            state.pending.resize(self.lessons.total, 0.0);
        }
        decode(pending, &self.lessons, &mut state.pending)
    }

    fn saved_format(&self) -> u8 {
        match (self.options.look_back.is_some(), self.lessons.total > 0) {
            (true, _) => LOOKING_BACK,
            (false, true) => LEARNING,
            (false, false) => FORMAT,
        }
    }

    /// Without what was learnt.
    fn saved_length(&self) -> usize {
        COMMON + 1 + 4 * self.plans.n_controls + 8 * self.layout.sizes.iter().sum::<usize>()
    }

    /// The count of steps and the agent's own part.
    fn parts<'a>(&self, bytes: &'a [u8]) -> Result<(u64, &'a [u8]), SavedError> {
        let Some((_, rest)) = bytes.split_first().filter(|(format, _)| **format == self.saved_format()) else {
            return Err(SavedError::Format(bytes.first().copied()));
        };
        let length = SavedError::Length { expected: self.saved_length(), found: bytes.len() };
        let (model, rest) = rest.split_first_chunk::<8>().ok_or(length)?;
        if u64::from_le_bytes(*model) != self.model_mark {
            return Err(SavedError::Foreign);
        }
        let (steps, own) = rest.split_first_chunk::<8>().ok_or(length)?;
        let fits = if self.saved_format() == FORMAT { usize::eq } else { usize::ge };
        if !fits(&bytes.len(), &self.saved_length()) {
            return Err(length);
        }
        Ok((u64::from_le_bytes(*steps), own))
    }

    /// Refuses a state that could not be read again.
    fn check_kept(&self, state: &State) -> Result<(), SavedError> {
        if state.deltas.iter().chain(&state.pending).any(|count| !(0.0..=MOST_COUNT).contains(count)) {
            return Err(SavedError::Beyond);
        }
        self.check_loaded(mark(state), state)
    }

    /// Refuses what no state holds.
    fn check_loaded(&self, begun: u8, state: &State) -> Result<(), SavedError> {
        let controls = &self.model.spec().controls;
        let beliefs = (0..self.layout.len()).map(|factor| &state.belief[self.layout.range(factor)]);
        if usize::from(begun) > MOST_SEARCH_DEPTH {
            Err(SavedError::Damaged("no plan is followed for so long"))
        } else if state.action.iter().zip(controls).any(|(value, control)| *value >= control.labels.len()) {
            Err(SavedError::Damaged("its action does not exist"))
        } else if state.begun && !beliefs.clone().all(is_distribution) {
            Err(SavedError::Damaged("a belief is not a distribution"))
        } else {
            Ok(())
        }
    }
}
