//! An agent on the bench: an engine with one agent's state, working memory and seed, kept by nobody.

use freeagentics_inference::{
    document::Reading,
    engine::{Decision, Engine, Input, Scratch, State, StepError},
};

/// One agent in one episode.
#[derive(Debug)]
pub(crate) struct Agent<'e> {
    engine: &'e Engine,
    state: State,
    scratch: Scratch,
    seed: u64,
}

impl<'e> Agent<'e> {
    /// An agent that has seen nothing yet.
    pub(crate) fn new(engine: &'e Engine, seed: u64) -> Self {
        Self { engine, state: engine.start(), scratch: engine.scratch(), seed }
    }

    /// Decides on what was read.
    pub(crate) fn decide<'d>(&'d mut self, reading: &'d Reading) -> Result<Decision<'d>, StepError> {
        let input =
            Input { evidence: &reading.evidence, executed: reading.executed.as_deref(), elapsed: reading.elapsed };
        self.engine.step(&mut self.state, &input, self.seed, &mut self.scratch)
    }
}

/// What to do about a step that was refused.
pub(crate) fn mend(error: &StepError) -> &'static str {
    match error {
        StepError::Impossible { .. } => {
            "give the observation a small probability in the model (`noise`), or set `impossible: warn` under `agent`"
        }
        StepError::Elapsed(_) => "begin a new recording after such a gap",
        _ => "compare the observation with the names in the model",
    }
}
