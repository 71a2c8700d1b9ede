//! Many agents of one engine, stepped on several threads.

use freeagentics_inference::engine::{Batch, Decision, Engine, Input, State, StepError};

/// Working memory for several threads. Each takes a share of the agents that lie side by side; which one steps an agent
/// changes no bit.
#[derive(Clone, Debug)]
pub struct Team {
    batches: Vec<Batch>,
}

/// What a thread is given to do.
struct Share<'a, 'i> {
    first: usize,
    states: &'a mut [State],
    inputs: &'a [Input<'i>],
    seeds: &'a [u64],
    batch: &'a mut Batch,
}

impl Team {
    /// A team of so many threads, at least one.
    pub fn new(engine: &Engine, threads: usize) -> Self {
        Self { batches: vec![engine.batch(); threads.max(1)] }
    }

    /// Takes one step each for many agents, and shows every decision on the thread that has made it.
    ///
    /// `inputs` and `seeds` belong to the states in their order; what has no counterpart is left alone. Threads begin and
    /// end with the call: that costs less than the steps of a few hundred agents, and nobody waits for work in between.
    pub fn step(
        &mut self,
        engine: &Engine,
        states: &mut [State],
        inputs: &[Input<'_>],
        seeds: &[u64],
        each: &(impl Fn(usize, Result<Decision<'_>, StepError>) + Sync),
    ) {
        let size = states.len().div_ceil(self.batches.len()).max(1);
        let parts = states.chunks_mut(size).zip(inputs.chunks(size)).zip(seeds.chunks(size)).zip(&mut self.batches);
        let mut shares = parts.enumerate().map(|(index, (((states, inputs), seeds), batch))| Share {
            first: index * size,
            states,
            inputs,
            seeds,
            batch,
        });
        let own = shares.next();
        std::thread::scope(|scope| {
            shares.for_each(|share| drop(scope.spawn(move || share.step(engine, each))));
            own.into_iter().for_each(|share| share.step(engine, each));
        });
    }
}

impl Share<'_, '_> {
    fn step(self, engine: &Engine, each: &impl Fn(usize, Result<Decision<'_>, StepError>)) {
        let Self { first, states, inputs, seeds, batch } = self;
        engine.step_batch(states, inputs, seeds, batch, |index, decision| each(first + index, decision));
    }
}
