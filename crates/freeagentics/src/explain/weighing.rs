//! What each action has going for it: what it costs, what it should save, what its looks are worth.

use freeagentics_inference::{
    engine::{Decision, Engine},
    model::{Preference, Spec},
    numerics::ln_floor,
};
use serde::Serialize;

/// All actions that a plan begins with, weighed by their best plans.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weighing {
    /// One entry per distinct first action, best first.
    pub(crate) considered: Vec<Considered>,
    /// What was chosen, one value per control. In marginal mode no single plan may begin with it.
    pub(crate) chosen: Vec<usize>,
    /// Doing nothing throughout, if the model says what that is: what the others are compared with.
    pub(crate) idle: Option<Vec<usize>>,
}

/// One action, by the best plan that begins with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Considered {
    /// One value per control.
    pub(crate) action: Vec<usize>,
    /// The best plan that begins so, as an index of the engine's.
    pub(crate) plan: usize,
    /// The policy posterior's mass on all plans that begin so.
    pub(crate) odds: f64,
    /// What the plan's actions cost by themselves; relative to doing nothing where that is known.
    pub(crate) cost: f64,
    /// What the plan is expected to bring by where it leads; relative likewise.
    pub(crate) brings: f64,
    /// What its looks are worth; relative likewise.
    pub(crate) tells: f64,
    /// What habit adds.
    pub(crate) habit: f64,
    /// What it should teach an agent that learns, about the model itself; relative likewise.
    pub(crate) teaches: f64,
    /// What it loses by leading away from the agent's goals, so never more than 0; relative likewise.
    pub(crate) leads: f64,
    /// What a search has found to lie beyond the action; relative likewise.
    pub(crate) later: f64,
}

impl Considered {
    /// Everything together; the best plan is the one with the most.
    pub(crate) fn net(&self) -> f64 {
        self.brings + self.tells + self.beside() + self.habit - self.cost
    }

    /// What only agents that learn, have goals or search have.
    fn beside(&self) -> f64 {
        self.teaches + self.leads + self.later
    }
}

impl Weighing {
    /// Takes a decision apart.
    pub(crate) fn of(engine: &Engine, decision: &Decision<'_>) -> Self {
        let mut considered = best_plans(engine, decision);
        let idle = idle(engine);
        let nothing = idle.as_ref().and_then(|idle| plan_of(engine, idle)).map(|plan| parts(engine, decision, plan));
        if let Some(nothing) = &nothing {
            considered.iter_mut().for_each(|one| one.relative_to(nothing));
        }
        considered.sort_by(|left, right| right.net().total_cmp(&left.net()).then(left.plan.cmp(&right.plan)));
        Self { considered, chosen: decision.action().to_vec(), idle: idle.filter(|_| nothing.is_some()) }
    }

    /// The entry of the chosen action.
    pub(crate) fn chosen(&self) -> Option<&Considered> {
        self.considered.iter().find(|one| one.action == self.chosen)
    }

    /// The best of the others; where doing nothing is what all are compared with, of those that do something.
    pub(crate) fn rival(&self) -> Option<&Considered> {
        let others = || self.considered.iter().filter(|one| one.action != self.chosen);
        others().find(|one| Some(&one.action) != self.idle.as_ref()).or_else(|| others().next())
    }

    /// By how much the best plan is ahead of those whose first action is not the chosen one; negative when it is behind.
    pub(crate) fn lead(&self) -> Option<f64> {
        let best_other = self.considered.iter().filter(|one| one.action != self.chosen).map(Considered::net);
        Some(self.chosen()?.net() - best_other.max_by(f64::total_cmp)?)
    }

    /// How far the best plan whose first action sets `control` to `value` is behind the best of all.
    pub(crate) fn gap(&self, control: usize, value: usize) -> Option<f64> {
        Some(self.considered.first()?.net() - self.best_with(control, value)?.net())
    }

    /// The best entry whose first action sets `control` to `value`.
    pub(crate) fn best_with(&self, control: usize, value: usize) -> Option<&Considered> {
        self.considered.iter().find(|one| one.action.get(control) == Some(&value))
    }
}

impl Considered {
    fn relative_to(&mut self, nothing: &Self) {
        self.cost -= nothing.cost;
        self.brings -= nothing.brings;
        self.tells -= nothing.tells;
        self.habit -= nothing.habit;
        self.teaches -= nothing.teaches;
        self.leads -= nothing.leads;
        self.later -= nothing.later;
    }
}

fn best_plans(engine: &Engine, decision: &Decision<'_>) -> Vec<Considered> {
    let mut best: Vec<Considered> = Vec::new();
    for (plan, &odds) in decision.posterior().iter().enumerate() {
        let one = parts(engine, decision, plan);
        match best.iter_mut().find(|known| known.action == one.action) {
            None => best.push(Considered { odds, ..one }),
            Some(known) => {
                let odds = known.odds + odds;
                if one.net() > known.net() {
                    *known = one;
                }
                known.odds = odds;
            }
        }
    }
    best
}

fn parts(engine: &Engine, decision: &Decision<'_>, plan: usize) -> Considered {
    let split = decision.split(plan);
    let cost = cost(engine, plan);
    let gamma = engine.options().gamma;
    let whole = decision.searched().and_then(|_| decision.neg_efe().get(plan).copied());
    let weight = engine.options().habits.as_ref().and_then(|habits| habits.get(plan));
    Considered {
        action: engine.policy_action(plan, 0).to_vec(),
        plan,
        odds: 0.0,
        cost,
        brings: split.utility + cost,
        tells: split.information_gain,
        habit: weight.filter(|_| gamma > 0.0).map_or(0.0, |&weight| ln_floor(weight) / gamma),
        teaches: split.novelty,
        leads: split.inductive,
        later: whole.map_or(0.0, |whole| whole - split.neg_efe()),
    }
}

/// What the actions of a plan cost whatever the states are.
fn cost(engine: &Engine, plan: usize) -> f64 {
    let spec = engine.model().spec();
    let mut weight = 1.0;
    let mut total = 0.0;
    for time in 0..engine.policy_len() {
        total -= weight * own_worth(spec, engine.policy_action(plan, time));
        weight *= engine.options().discount;
    }
    total
}

/// The preferences that look at controls alone.
pub(crate) fn own_worth(spec: &Spec, action: &[usize]) -> f64 {
    let worth = |preference: &Preference| match preference {
        Preference::Joint { factors, controls, values, .. } if factors.is_empty() => {
            let index = controls.iter().fold(0, |index, &control| {
                let size = spec.controls.get(control).map_or(1, |axis| axis.labels.len());
                index * size + action.get(control).copied().unwrap_or(0)
            });
            values.get(index).copied().unwrap_or(0.0)
        }
        _ => 0.0,
    };
    spec.preferences.iter().map(worth).sum()
}

/// What doing nothing is: the declared idle action, or else the one action that is free where all others cost something.
///
/// The cheapest of actions that all cost something is not it: told against that one, no cost would be the document's.
fn idle(engine: &Engine) -> Option<Vec<usize>> {
    if let Some(idle) = &engine.options().idle {
        return Some(idle.clone());
    }
    let mut firsts: Vec<(f64, &[usize])> = Vec::new();
    for plan in 0..engine.n_policies() {
        let action = engine.policy_action(plan, 0);
        if !firsts.iter().any(|(_, known)| *known == action) {
            firsts.push((own_worth(engine.model().spec(), action), action));
        }
    }
    firsts.sort_by(|left, right| right.0.total_cmp(&left.0));
    match firsts.as_slice() {
        [(most, action), (next, _), ..] if most > next && *most == 0.0 => Some(action.to_vec()),
        _ => None,
    }
}

/// The plan that does `action` throughout.
fn plan_of(engine: &Engine, action: &[usize]) -> Option<usize> {
    let throughout = |&plan: &usize| (0..engine.policy_len()).all(|time| engine.policy_action(plan, time) == action);
    (0..engine.n_policies()).find(throughout)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use freeagentics_inference::engine::{Goal, Input, Options, Policies, Search};
    use freeagentics_inference::model::{Evidence, Learnable, Learning, Model};

    use super::*;
    use crate::explain::example::watchdog;

    /// What is told of two actions differs by as much as what the decision was made by.
    fn adds_up(spec: Spec, options: Options) -> Weighing {
        let engine = Engine::new(Arc::new(Model::new(spec).unwrap()), options).unwrap();
        let (mut state, mut scratch) = (engine.start(), engine.scratch());
        let decision =
            engine.step(&mut state, &Input::new(&[Evidence::Index(2), Evidence::Index(0)]), 0, &mut scratch).unwrap();
        let weighing = Weighing::of(&engine, &decision);
        let off = |one: &Considered| decision.neg_efe()[one.plan] - one.net();
        let first = off(&weighing.considered[0]);
        assert!(weighing.considered.iter().all(|one| (off(one) - first).abs() < 1e-9), "{weighing:?}");
        weighing
    }

    #[test]
    fn what_is_told_of_an_agent_that_searches_learns_or_has_goals_adds_up_to_what_it_decided_by() {
        let search = Some(Search { depth: 3, ..Search::default() });
        let searching = adds_up(watchdog(), Options { search, ..Options::default() });
        assert!(searching.considered.iter().any(|one| one.later.abs() > 0.1), "{searching:?}");
        let goal = Goal { states: vec![vec![0]], depth: 4, threshold: 0.05, weight: 0.01 };
        let (goal, policies) = (Some(goal), Policies::All { length: 2 });
        let drawn = adds_up(watchdog(), Options { goal, policies, ..Options::default() });
        assert!(drawn.considered.iter().any(|one| one.leads.abs() > 0.01), "{drawn:?}");
        let mut spec = watchdog();
        let (what, strength) = (Learnable::Likelihood(1), vec![1.0; 16]);
        spec.learning.push(Learning { what, strength, rate: 1.0, forgetting: 0.0 });
        let curious = adds_up(spec, Options::default());
        assert!(curious.considered.iter().any(|one| one.teaches.abs() > 0.01), "{curious:?}");
    }
}
