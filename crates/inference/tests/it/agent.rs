//! An engine with the state of one agent: what a test needs to ask it something.

use std::sync::Arc;

use freeagentics_inference::engine::{Decision, Engine, Input, Options, Scratch, State, StepError};
use freeagentics_inference::model::{Evidence, Model, Spec};

pub(crate) struct Agent {
    pub(crate) engine: Engine,
    pub(crate) state: State,
    scratch: Scratch,
    pub(crate) seed: u64,
    /// What the last step was given; kept because a decision borrows it.
    evidence: Vec<Evidence>,
    executed: Option<Vec<usize>>,
}

impl Agent {
    /// An agent at the start of an episode; a model or options that are refused fail the test with every reason.
    pub(crate) fn new(spec: Spec, options: Options) -> Self {
        Self::with_engine(engine(spec, options))
    }

    pub(crate) fn with_engine(engine: Engine) -> Self {
        let (state, scratch) = (engine.start(), engine.scratch());
        Self { engine, state, scratch, seed: 0, evidence: Vec::new(), executed: None }
    }

    /// Begins another episode.
    pub(crate) fn restart(&mut self) {
        self.state = self.engine.start();
    }

    /// A step whose previous action was the chosen one, one tick ago.
    pub(crate) fn see(&mut self, evidence: &[Evidence]) -> Decision<'_> {
        self.step(evidence, None, 1).expect("the step is taken")
    }

    /// A step after an action that may not be the chosen one, one tick ago.
    pub(crate) fn see_after(&mut self, evidence: &[Evidence], executed: &[usize]) -> Decision<'_> {
        self.step(evidence, Some(executed), 1).expect("the step is taken")
    }

    pub(crate) fn step(
        &mut self,
        evidence: &[Evidence],
        executed: Option<&[usize]>,
        elapsed: u32,
    ) -> Result<Decision<'_>, StepError> {
        self.evidence = evidence.to_vec();
        self.executed = executed.map(<[usize]>::to_vec);
        let input = Input { evidence: &self.evidence, executed: self.executed.as_deref(), elapsed };
        self.engine.step(&mut self.state, &input, self.seed, &mut self.scratch)
    }
}

pub(crate) fn engine(spec: Spec, options: Options) -> Engine {
    let model = Model::new(spec).unwrap_or_else(|faults| panic!("the model is refused: {}", listed(&faults)));
    Engine::new(Arc::new(model), options)
        .unwrap_or_else(|faults| panic!("the options are refused: {}", listed(&faults)))
}

fn listed(faults: &[impl ToString]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
