//! What a step adds to the counts.

use super::super::beliefs::Layout;
use super::super::{Learns, State};
use super::{Lesson, Lessons, MOST_COUNT};
use crate::model::{Evidence, Learnable};

/// What a step came to, as far as something can be learnt from it.
pub(in super::super) struct Seen<'a> {
    pub(in super::super) layout: &'a Layout,
    /// What was believed before and after the only tick between; nothing at the start of an episode, or when the time
    /// between was not one tick.
    pub(in super::super) moved: Option<(&'a [f64], &'a [usize])>,
    pub(in super::super) belief: &'a [f64],
    pub(in super::super) evidence: &'a [Evidence],
    /// The policy posterior, if it is to be counted.
    pub(in super::super) posterior: Option<&'a [f64]>,
    /// Whether it is the first step of an episode.
    pub(in super::super) first: bool,
}

impl Lessons {
    /// At the start of an episode: adds what was put by during the last one, as far as counts go.
    pub(in super::super) fn settle(&self, deltas: &mut [f64], pending: &[f64]) {
        for lesson in &self.all {
            let place = lesson.start..lesson.start + lesson.prior.len();
            let Some(pending) = pending.get(place.clone()) else { return };
            if pending.iter().any(|added| *added != 0.0) {
                lesson.forget(&mut deltas[place.clone()]);
                deltas[place]
                    .iter_mut()
                    .zip(pending)
                    .for_each(|(delta, added)| *delta = (*delta + added).min(MOST_COUNT));
            }
        }
    }

    /// Counts what a step has shown. `preceding(modality)` is the action that a modality's observation followed; nothing if
    /// it was passed over.
    pub(in super::super) fn count<'a>(
        &self,
        state: &mut State,
        seen: &Seen<'_>,
        preceding: impl Fn(usize) -> Option<&'a [usize]>,
    ) {
        let at_once = self.when == Learns::Online;
        for lesson in &self.all {
            let to = self.account(state, lesson);
            let belief = |factor: usize| &seen.belief[seen.layout.range(factor)];
            match lesson.what {
                Learnable::Likelihood(modality) => {
                    let Some(action) = preceding(modality) else { continue };
                    let weight: &dyn Fn(usize) -> f64 = match &seen.evidence[modality] {
                        Evidence::Missing => continue,
                        Evidence::Index(index) => &|outcome| f64::from(u8::from(outcome == *index)),
                        Evidence::Soft(weights) => &|outcome| weights[outcome],
                    };
                    lesson.add(to, at_once, action, belief, weight);
                }
                Learnable::Transition(factor) => {
                    let Some((before, action)) = seen.moved else { continue };
                    let before = |factor: usize| &before[seen.layout.range(factor)];
                    lesson.add(to, at_once, action, before, &|state| belief(factor)[state]);
                }
                Learnable::Prior(factor) if seen.first => {
                    lesson.add(to, at_once, &[], belief, &|state| belief(factor)[state]);
                }
                Learnable::Prior(_) => {}
                Learnable::Habits => {
                    let Some(posterior) = seen.posterior else { continue };
                    lesson.add(to, at_once, &[], belief, &|policy| posterior[policy]);
                }
            }
        }
    }

    /// Counts how often each policy would be followed.
    pub(in super::super) fn count_habits(&self, state: &mut State, posterior: &[f64]) {
        let at_once = self.when == Learns::Online;
        for lesson in self.all.iter().filter(|lesson| lesson.what == Learnable::Habits) {
            lesson.add(self.account(state, lesson), at_once, &[], |_| &[], &|policy| posterior[policy]);
        }
    }

    /// Counts a transition; `pairs(factor)` is how probable each combination of states before and state after is,
    /// `[states before…][state after]`.
    pub(in super::super) fn count_moves(&self, state: &mut State, action: &[usize], pairs: impl Fn(usize) -> Vec<f64>) {
        let at_once = self.when == Learns::Online;
        for lesson in &self.all {
            if let Learnable::Transition(factor) = lesson.what {
                lesson.add_pairs(self.account(state, lesson), at_once, action, &pairs(factor));
            }
        }
    }

    /// Where what a lesson teaches is put down: at once, or for the end of the episode.
    fn account<'s>(&self, state: &'s mut State, lesson: &Lesson) -> &'s mut [f64] {
        let to = if self.when == Learns::Online {
            &mut state.deltas
        } else {
            state.pending.resize(self.total, 0.0);
            &mut state.pending
        };
        &mut to[lesson.start..lesson.start + lesson.prior.len()]
    }
}

impl Lesson {
    /// Adds `rate · outcome ⊗ Π beliefs` for the combination of controls that an action selects.
    fn add<'b>(
        &self,
        deltas: &mut [f64],
        at_once: bool,
        action: &[usize],
        belief: impl Fn(usize) -> &'b [f64],
        weight: &dyn Fn(usize) -> f64,
    ) {
        if at_once {
            self.forget(deltas);
        }
        let combination = self.combination(action);
        for states in 0..self.columns() / self.combinations {
            let mut rest = states;
            let mut probability = 1.0;
            for (factor, size) in self.factors.iter().rev() {
                probability *= belief(*factor)[rest % size];
                rest /= size;
            }
            if probability == 0.0 {
                continue;
            }
            let start = (states * self.combinations + combination) * self.outcomes;
            let place = start..start + self.outcomes;
            for (outcome, (delta, prior)) in deltas[place.clone()].iter_mut().zip(&self.prior[place]).enumerate() {
                if *prior > 0.0 {
                    *delta += self.rate * (weight(outcome) * probability);
                }
            }
        }
    }

    /// Adds `rate · pairs` for the combination of controls that an action selects.
    fn add_pairs(&self, deltas: &mut [f64], at_once: bool, action: &[usize], pairs: &[f64]) {
        if at_once {
            self.forget(deltas);
        }
        let combination = self.combination(action);
        for (states, pairs) in pairs.chunks(self.outcomes).enumerate() {
            let start = (states * self.combinations + combination) * self.outcomes;
            let place = start..start + self.outcomes;
            for ((delta, prior), pair) in deltas[place.clone()].iter_mut().zip(&self.prior[place]).zip(pairs) {
                if *prior > 0.0 {
                    *delta += self.rate * pair;
                }
            }
        }
    }

    fn forget(&self, deltas: &mut [f64]) {
        if self.forgetting > 0.0 {
            let kept = 1.0 - self.forgetting;
            deltas.iter_mut().for_each(|delta| *delta *= kept);
        }
    }
}
