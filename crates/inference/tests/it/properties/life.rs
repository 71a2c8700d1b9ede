//! A short life of a random model: what it sees, what was done in place of what it chose, what time went by.

use freeagentics_inference::engine::Decision;
use freeagentics_inference::model::{Evidence, Spec};

use super::recipe::Recipe;
use crate::agent::Agent;
use crate::bench_models::world::{Generator, World};

/// What goes into one step.
pub(crate) struct Moment {
    pub(super) evidence: Vec<Evidence>,
    pub(super) executed: Option<Vec<usize>>,
    pub(super) elapsed: u32,
}

/// The world of one life and the chance in it.
pub(crate) struct Life<'a> {
    recipe: &'a Recipe,
    spec: &'a Spec,
    world: World<'a>,
    generator: Generator,
}

impl<'a> Life<'a> {
    pub(crate) fn new(recipe: &'a Recipe, spec: &'a Spec) -> Self {
        Self { recipe, spec, world: World::new(spec, recipe.seed), generator: recipe.generator(3) }
    }

    /// The first step of the life.
    pub(super) fn first(&mut self) -> Moment {
        Moment { evidence: self.evidence(), executed: None, elapsed: 1 }
    }

    /// The step after an action was chosen: one time in four something else was done, one in four more time went by, or none.
    pub(super) fn after(&mut self, chosen: &[usize]) -> Moment {
        let g = &mut self.generator;
        let other: Vec<usize> = self.spec.controls.iter().map(|control| g.index(control.labels.len())).collect();
        let executed = (g.index(4) == 0).then_some(other);
        let elapsed = if g.index(4) == 0 { [0, 2, 3][g.index(3)] } else { 1 };
        self.world.act(executed.as_deref().unwrap_or(chosen));
        Moment { evidence: self.evidence(), executed, elapsed }
    }

    fn evidence(&mut self) -> Vec<Evidence> {
        self.recipe.evidence(&mut self.world, self.spec, &mut self.generator)
    }

    /// Lets an agent live for some steps and shows each to `look`, which may end the life early.
    pub(crate) fn live(
        mut self,
        steps: usize,
        agent: &mut Agent,
        mut look: impl FnMut(&Moment, &Decision<'_>) -> bool,
    ) {
        let mut moment = self.first();
        for _ in 0..steps {
            let step = agent.step(&moment.evidence, moment.executed.as_deref(), moment.elapsed);
            let decision = step.expect("the step is taken");
            if !look(&moment, &decision) {
                return;
            }
            moment = self.after(decision.action());
        }
    }
}
