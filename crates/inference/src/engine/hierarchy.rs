//! Two engines as one agent: one that believes about what goes on slowly, and one that lives through what that brings about.
//!
//! The upper engine takes one step for every so many of the lower one, which are an episode of its own. What the upper one
//! expects to see is where such an episode begins; all that is seen in it says where it has begun, and that is what the upper one
//! sees. Only what the episode itself has shown goes up, not what was expected of it: nothing is counted twice.

use super::{Decision, Engine, Input, Scheme, Scratch, State, StepError, Window};
use crate::model::{Evidence, Fault, Faults};

/// What ties the levels together: the observations of a modality above are the states of a factor below, in which an episode
/// begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Modality of the upper model.
    pub modality: usize,
    /// Factor of the lower model.
    pub factor: usize,
}

/// Two levels. Immutable and shared by all agents of that kind.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    upper: Engine,
    lower: Engine,
    ties: Vec<Tie>,
    period: usize,
}

/// One agent of two levels, between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    upper: State,
    lower: State,
    /// What is expected above, before the present episode has shown anything.
    above: Vec<Vec<f64>>,
    /// What was expected of the present episode, and what was seen and done in it.
    beginning: Vec<Vec<f64>>,
    seen: Vec<Vec<Evidence>>,
    done: Vec<Vec<usize>>,
}

impl Levels {
    /// What was decided above when the present episode began; nothing in the first one.
    pub fn action_above(&self) -> Option<&[usize]> {
        self.upper.action()
    }

    /// Steps taken, of the lower level.
    pub fn steps(&self) -> u64 {
        self.lower.steps()
    }
}

impl Hierarchy {
    /// Ties two engines together; an episode of the lower one has so many steps.
    ///
    /// # Errors
    /// All that does not fit: the upper model must see nothing but where episodes of the lower one begin, each by one of its
    /// factors; observations below must not depend on actions; neither level may learn or look back.
    pub fn new(upper: Engine, lower: Engine, ties: Vec<Tie>, period: usize) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults(Vec::new());
        if period == 0 {
            faults.add("the period", "is 0; it must be at least 1");
        }
        check_ties(&upper, &lower, &ties, &mut faults);
        if lower.model.spec().likelihoods.iter().any(|table| !table.controls.is_empty()) {
            faults.add("the lower model", "must not have observations that depend on actions");
        }
        for (level, engine) in [("upper", &upper), ("lower", &lower)] {
            if engine.lessons.total > 0 || engine.options.look_back.is_some() {
                faults.add(format!("the {level} level"), "must neither learn nor look back");
            }
        }
        if faults.0.is_empty() { Ok(Self { upper, lower, ties, period }) } else { Err(faults.0) }
    }

    /// The upper level.
    pub fn upper(&self) -> &Engine {
        &self.upper
    }

    /// The lower level.
    pub fn lower(&self) -> &Engine {
        &self.lower
    }

    /// An agent that has yet to begin.
    pub fn start(&self) -> Levels {
        let above = self.upper.model.spec().priors.clone();
        let beginning = self.expected(&above);
        let (upper, lower) = (self.upper.start(), self.beginning(&beginning));
        Levels { upper, lower, above, beginning, seen: Vec::new(), done: Vec::new() }
    }

    /// Working memory for both levels: upper, lower.
    pub fn scratch(&self) -> (Scratch, Scratch) {
        (self.upper.scratch(), self.lower.scratch())
    }

    /// What an agent believes above, per factor, by all that it has seen.
    ///
    /// # Errors
    /// If the agent is none of this hierarchy.
    pub fn believed_above(&self, levels: &Levels) -> Result<Vec<Vec<f64>>, StepError> {
        if levels.seen.is_empty() {
            return Ok(levels.above.clone());
        }
        let (evidence, actions) = (&levels.seen, &levels.done);
        let window = Window { evidence, actions, prior: Some(&levels.beginning) };
        let beliefs = self.lower.infer_window(&window, Scheme::Smoothing)?;
        let began = beliefs.first().ok_or(StepError::Foreign("state"))?;
        let mut above = levels.above.clone();
        for tie in &self.ties {
            // How probable what was seen is from each beginning: what is believed of it without what was expected of it.
            let odds = began[tie.factor].iter().zip(&levels.beginning[tie.factor]);
            let shown: Vec<f64> = odds.map(|(p, before)| if *before > 0.0 { p / before } else { 0.0 }).collect();
            let table = &self.upper.model.spec().likelihoods[tie.modality];
            let mut message = vec![0.0; above[table.factors[0]].len()];
            self.upper.for_each_entry(table, &[], |began, states, p| message[states[0]] += p * shown[began]);
            above[table.factors[0]].iter_mut().zip(message).for_each(|(p, message)| *p *= message);
        }
        for (belief, before) in above.iter_mut().zip(&levels.above) {
            if !normalise(belief) {
                belief.clone_from(before); // What cannot be says nothing.
            }
        }
        Ok(above)
    }

    /// Takes a step of the lower level; if an episode is over, after one of the upper level. The decision is the lower one's.
    ///
    /// # Errors
    /// As [`Engine::step`]; `levels` is then unchanged.
    pub fn step<'a>(
        &'a self,
        levels: &mut Levels,
        evidence: &'a [Evidence],
        executed: Option<&'a [usize]>,
        seed: u64,
        (upper, lower): &'a mut (Scratch, Scratch),
    ) -> Result<Decision<'a>, StepError> {
        let mut next = levels.clone();
        if next.seen.len() == self.period {
            self.go_on(&mut next, seed, upper)?;
        }
        let begins = next.seen.is_empty();
        if !begins {
            next.done.push(executed.or(levels.lower.action()).unwrap_or_default().to_vec());
        }
        // Nothing happens between what is expected of an episode and what is seen first in it.
        let input = Input { evidence, executed: executed.filter(|_| !begins), elapsed: u32::from(!begins) };
        let decision = self.lower.step(&mut next.lower, &input, seed, lower)?;
        next.seen.push(evidence.to_vec());
        *levels = next;
        Ok(decision)
    }

    /// The upper level sees what the episode has shown, decides, and expects the next one.
    fn go_on(&self, levels: &mut Levels, seed: u64, scratch: &mut Scratch) -> Result<(), StepError> {
        let above = self.believed_above(levels)?;
        let steps = levels.upper.steps();
        levels.upper = self.upper.believing(&above).ok_or(StepError::Foreign("state"))?;
        levels.upper.steps = steps;
        // It decides on just this belief: no tick goes by, and nothing else is seen.
        let unseen = vec![Evidence::Missing; self.upper.model.spec().modalities.len()];
        let input = Input { evidence: &unseen, executed: None, elapsed: 0 };
        let action = self.upper.step(&mut levels.upper, &input, seed, scratch)?.action().to_vec();
        levels.above = self.moved(&above, &action);
        levels.beginning = self.expected(&levels.above);
        let steps = levels.lower.steps();
        levels.lower = self.beginning(&levels.beginning);
        levels.lower.steps = steps;
        levels.seen.clear();
        levels.done.clear();
        Ok(())
    }

    /// What is believed above after an action there.
    fn moved(&self, belief: &[Vec<f64>], action: &[usize]) -> Vec<Vec<f64>> {
        let mut after: Vec<Vec<f64>> = belief.iter().map(|belief| vec![0.0; belief.len()]).collect();
        for (belief_after, table) in after.iter_mut().zip(&self.upper.model.spec().transitions) {
            self.upper.for_each_entry(table, action, |next, states, p| {
                let dependencies = table.factors.iter().zip(states);
                belief_after[next] += dependencies.fold(p, |p, (factor, state)| p * belief[*factor][*state]);
            });
            normalise(belief_after);
        }
        after
    }

    /// Where an episode is expected to begin, given what is expected above.
    fn expected(&self, above: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut beginning = self.lower.model.spec().priors.clone();
        for tie in &self.ties {
            let table = &self.upper.model.spec().likelihoods[tie.modality];
            let belief = &mut beginning[tie.factor];
            belief.fill(0.0);
            self.upper
                .for_each_entry(table, &[], |began, states, p| belief[began] += p * above[table.factors[0]][states[0]]);
            normalise(belief);
        }
        beginning
    }

    /// The state of the lower level as an episode begins. What is expected sums to 1, so there always is one.
    fn beginning(&self, beginning: &[Vec<f64>]) -> State {
        self.lower.believing(beginning).unwrap_or_else(|| self.lower.start())
    }
}

fn check_ties(upper: &Engine, lower: &Engine, ties: &[Tie], faults: &mut Faults) {
    let (above, below) = (upper.model.spec(), lower.model.spec());
    for (index, (modality, table)) in above.modalities.iter().zip(&above.likelihoods).enumerate() {
        let place = format!("modality `{}` of the upper model", modality.name);
        let own: Vec<&Tie> = ties.iter().filter(|tie| tie.modality == index).collect();
        let [tie] = own.as_slice() else {
            faults.add(place, "must be tied to one factor of the lower model");
            continue;
        };
        if table.factors.len() != 1 || !table.controls.is_empty() {
            faults.add(place.as_str(), "must depend on one factor, and on no control");
        }
        if below.factors.get(tie.factor).is_none_or(|factor| factor.labels.len() != modality.labels.len()) {
            faults.add(place, "must have an observation for each state of the factor that it is tied to");
        }
    }
    if ties.iter().any(|tie| tie.modality >= above.modalities.len()) {
        faults.add("a tie", "names a modality that the upper model does not have");
    }
    if ties.iter().enumerate().any(|(at, tie)| ties[..at].iter().any(|other| other.factor == tie.factor)) {
        faults.add("a tie", "names a factor of the lower model that another one names as well");
    }
}

/// Divides by the sum, unless that is 0.
fn normalise(belief: &mut [f64]) -> bool {
    let sum: f64 = belief.iter().sum();
    if sum > 0.0 {
        belief.iter_mut().for_each(|p| *p /= sum);
    }
    sum > 0.0
}
