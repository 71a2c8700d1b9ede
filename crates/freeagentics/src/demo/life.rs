//! The world of one agent, from one step to the next.

use freeagentics_inference::{model::Spec, numerics::Random};
use serde_json::Value;
use worlds::Modelled;

use super::scene;

/// The random stream of what happens, and that of the numbers it is told in.
const HAPPENS: u32 = 3;
const NUMBERS: u32 = 4;

/// A world and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct Life<'m> {
    spec: &'m Spec,
    world: Modelled,
    seed: u64,
    /// The number of the last step; steps count on through all episodes.
    pub(super) step: u64,
    /// The episode that is going on.
    pub(super) episode: u64,
    /// How many steps it has.
    pub(super) steps_of_episode: u64,
}

impl<'m> Life<'m> {
    /// An episode that has yet to begin, after the step with this number.
    pub(super) fn new(spec: &'m Spec, seed: u64, step: u64, episode: u64) -> Self {
        Self { spec, world: Modelled::new(spec.clone()), seed, step, episode, steps_of_episode: 0 }
    }

    /// The same world in the episode after this one.
    pub(super) fn next_episode(&self, episode: u64) -> Self {
        Self { episode, steps_of_episode: 0, ..self.clone() }
    }

    /// What is seen at the next step. Asked twice, it is the same.
    pub(super) fn scene(&self) -> Value {
        let (world, mut random) = self.now();
        let shown = world.show(&mut random);
        scene::observation(self.spec, &shown, &mut Random::new(self.seed, self.step + 1, NUMBERS))
    }

    /// What was done at the next step; the world goes on. Actions that are none of the model's change nothing.
    pub(super) fn done(&mut self, action: &Value) {
        let (mut world, mut random) = self.now();
        let _seen = world.show(&mut random);
        if let Some(action) = scene::action(self.spec, action) {
            world.go_on(&action, &mut random);
        }
        self.world = world;
        self.step += 1;
        self.steps_of_episode += 1;
    }

    /// The world at the next step, with the draws that decide it.
    fn now(&self) -> (Modelled, Random) {
        let (mut world, mut random) = (self.world.clone(), Random::new(self.seed, self.step + 1, HAPPENS));
        if self.steps_of_episode == 0 {
            world.begin(&mut random);
        }
        (world, random)
    }
}

#[cfg(test)]
mod tests {
    use freeagentics_inference::document::{self, Format, Limits};
    use serde_json::json;

    use super::*;
    use crate::models::SHIPPED;

    #[test]
    fn a_life_is_found_again_by_what_was_done_in_it() {
        let document = document::read(SHIPPED[0].document, Format::Yaml, &Limits::default()).unwrap();
        let actions = ["wait", "probe", "wait", "restart", "wait", "page"].map(|action| json!({ "action": action }));
        let mut life = Life::new(&document.spec, 5, 100, 2);
        let lived: Vec<Value> = actions
            .iter()
            .map(|action| {
                let scene = life.scene();
                life.done(action);
                scene
            })
            .collect();
        let mut again = Life::new(&document.spec, 5, 100, 2);
        for (action, scene) in actions.iter().zip(lived) {
            assert_eq!(again.scene(), scene);
            again.done(action);
        }
        assert_eq!((again.step, again.steps_of_episode, again.scene()), (106, 6, life.scene()));
    }

    #[test]
    fn two_agents_of_one_model_live_in_different_worlds() {
        let document = document::read(SHIPPED[0].document, Format::Yaml, &Limits::default()).unwrap();
        let seen = |seed| -> Vec<Value> {
            let mut life = Life::new(&document.spec, seed, 0, 1);
            let step = |_| {
                life.done(&json!({ "action": "wait" }));
                life.scene()
            };
            (0..50).map(step).collect()
        };
        assert_ne!(seen(1), seen(2));
    }
}
