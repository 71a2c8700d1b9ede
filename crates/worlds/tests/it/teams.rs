//! Teams: the bits of agents that are stepped alone, on any number of threads, in any company.

use std::sync::Mutex;

use freeagentics_inference::engine::{Choice, Engine, Input, Options, State};
use freeagentics_inference::numerics::{Digest, Random};
use worlds::{Modelled, Team, World};

use crate::{engine, shipped};

const AGENTS: usize = 37;
const STEPS: u64 = 12;

/// Every agent's digests, and the states that are left.
fn together(engine: &Engine, threads: usize) -> (Vec<Vec<Digest>>, Vec<State>) {
    let seeds: Vec<u64> = (0..AGENTS as u64).collect();
    let mut worlds: Vec<Modelled> = seeds.iter().map(|_| Modelled::new(engine.model().spec().clone())).collect();
    let (mut states, mut team) = (vec![engine.start(); AGENTS], Team::new(engine, threads));
    let mut moments: Vec<_> =
        worlds.iter_mut().zip(&seeds).map(|(world, seed)| world.reset(&mut Random::new(*seed, 0, 1))).collect();
    let digests = Mutex::new(vec![Vec::new(); AGENTS]);
    for step in 0..STEPS {
        let inputs: Vec<_> = moments.iter().map(|moment| Input::new(&moment.evidence)).collect();
        team.step(engine, &mut states, &inputs, &seeds, &|index, decision| {
            let decision = decision.expect("the step is taken");
            digests.lock().expect("nobody panics")[index].push(decision.digest());
        });
        let act = |((world, state), seed): ((&mut Modelled, &State), &u64)| {
            let action = state.action().expect("it has acted").to_vec();
            world.act(&action, &mut Random::new(*seed, step + 1, 1))
        };
        moments = worlds.iter_mut().zip(&states).zip(&seeds).map(act).collect();
    }
    (digests.into_inner().expect("nobody panics"), states)
}

#[test]
fn agents_of_a_team_come_to_the_bits_of_agents_that_are_alone() {
    for name in ["tmaze", "tiger", "watchdog", "grid"] {
        let document = shipped(name);
        let engine = engine(document.spec, Options { choice: Choice::Sampled, ..document.options });
        let seeds = 0..AGENTS as u64;
        let alone: Vec<Vec<Digest>> = seeds
            .map(|seed| {
                let mut world = Modelled::new(engine.model().spec().clone());
                let (mut state, mut scratch) = (engine.start(), engine.scratch());
                let mut moment = world.reset(&mut Random::new(seed, 0, 1));
                (0..STEPS)
                    .map(|step| {
                        let input = Input::new(&moment.evidence);
                        let decision = engine.step(&mut state, &input, seed, &mut scratch).expect("the step is taken");
                        let (digest, action) = (decision.digest(), decision.action().to_vec());
                        moment = world.act(&action, &mut Random::new(seed, step + 1, 1));
                        digest
                    })
                    .collect()
            })
            .collect();
        let (first, states) = together(&engine, 1);
        assert_eq!(first, alone, "{name}");
        for threads in [2, 3, 64] {
            let (digests, others) = together(&engine, threads);
            assert!(digests == alone && others == states, "{name} on {threads} threads");
        }
    }
}
