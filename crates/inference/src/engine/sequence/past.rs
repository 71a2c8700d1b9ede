//! What an agent that looks back keeps of the last steps, and what it learns from them.
//!
//! It believes about its last steps by all that was seen in its window. A step that leaves the window is counted then, by what
//! is believed about it by all that was seen since, and never again: what one observation teaches is learnt once. What is left
//! in the window is counted when the episode is over, when other than one tick goes by, and when something comes that cannot be.

use super::super::learning::Seen;
use super::super::{Engine, Input, Learns, LookBack, Scratch, State};
use super::{Beliefs, Span, smoothing};
use crate::model::{Evidence, Spec};

/// One step of the past.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) evidence: Vec<Evidence>,
    /// The action before it, unless it is the first of an episode.
    pub(super) preceding: Option<Vec<usize>>,
}

/// The steps that are in the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Past {
    /// What was believed before the first of them, by what was seen until then.
    pub(super) prior: Vec<Vec<f64>>,
    /// Whether the first of them begins an episode.
    pub(super) first: bool,
    pub(super) moments: Vec<Moment>,
}

/// What is believed about the steps of a window.
#[derive(Clone, Debug)]
pub(in super::super) struct Looked {
    pub(super) beliefs: Beliefs,
    /// The same by what was seen until then, if the scheme knows it.
    pub(super) filtered: Beliefs,
}

/// What an agent sees when it looks back: its past with the present step, and what it believes about it.
#[derive(Clone, Debug)]
pub(in super::super) struct View {
    past: Past,
    looked: Looked,
    spec: Option<Spec>,
    /// What was believed before the second step was seen, once the window is full.
    next: Option<Vec<Vec<f64>>>,
}

impl Past {
    /// Lets `use_it` have the window of these steps.
    fn with_span<T>(&self, spec: &Spec, use_it: impl FnOnce(&Span<'_>) -> T) -> T {
        let evidence: Vec<&[Evidence]> = self.moments.iter().map(|moment| moment.evidence.as_slice()).collect();
        let preceding = self.moments.iter().map(|moment| moment.preceding.as_deref());
        let before = preceding.clone().next().flatten();
        let actions: Vec<&[usize]> = preceding.skip(1).map(Option::unwrap_or_default).collect();
        use_it(&Span { spec, evidence: &evidence, actions: &actions, prior: &self.prior, before })
    }
}

impl Engine {
    /// The state of an agent whose window ends before this step, with all of it counted; nothing if it goes on.
    pub(in super::super) fn past_ended(&self, state: &State, input: &Input<'_>) -> Option<State> {
        let ours = state.model == self.model_mark && state.deltas.len() == self.lessons.total;
        let goes_on = state.begun && input.elapsed == 1;
        if goes_on || !ours || state.past.moments.is_empty() || self.options.look_back.is_none() {
            return None;
        }
        let mut ended = state.clone();
        self.count_rest(&mut ended);
        Some(ended)
    }

    /// Looks back from the present step, whose belief becomes that of the window's last. Nothing if the agent does not, or
    /// what it sees cannot be.
    pub(in super::super) fn look_back(&self, state: &State, input: &Input<'_>, scratch: &mut Scratch) -> Option<View> {
        let LookBack { steps, scheme } = self.options.look_back.filter(|_| !scratch.impossible)?;
        let mut past = state.past.clone();
        if past.moments.is_empty() {
            past.prior = self.unpacked(&scratch.prior);
            past.first = !state.begun;
        }
        let preceding = scratch.acted.then(|| scratch.preceding.clone());
        past.moments.push(Moment { evidence: input.evidence.to_vec(), preceding });
        let (prior, free_energy) = (scratch.prior.clone(), scratch.free_energy);
        let (acted, preceding) = (scratch.acted, scratch.preceding.clone());
        let deltas = scratch.learnt.as_deref().map_or(&[][..], |learnt| &learnt.deltas);
        let spec = self.lessons.spec_with(self.model.spec(), deltas);
        let is_full = past.moments.len() >= steps;
        let (looked, next) = past.with_span(spec.as_ref().unwrap_or(self.model.spec()), |span| {
            let looked = span.infer(self, scheme, scratch);
            (looked, is_full.then(|| self.predicted(span, scratch)))
        });
        (scratch.prior, scratch.free_energy) = (prior, free_energy);
        (scratch.acted, scratch.preceding) = (acted, preceding);
        for (factor, belief) in looked.beliefs.last().into_iter().flatten().enumerate() {
            scratch.belief[self.layout.range(factor)][..belief.len()].copy_from_slice(belief);
        }
        Some(View { past, looked, spec, next })
    }

    /// Counts what leaves the window after this step; the rest is kept in mind.
    pub(in super::super) fn keep_past(&self, state: &mut State, view: Option<View>, scratch: &Scratch) {
        let Some(View { mut past, looked, spec, next }) = view else {
            return self.count_rest(state); // What cannot be ends the window.
        };
        if self.is_learning() {
            self.lessons.count_habits(state, &scratch.selection.posterior);
        }
        if let Some(next) = next {
            self.count_moment(state, &past, spec.as_ref().unwrap_or(self.model.spec()), &looked, 0);
            past.moments.remove(0);
            (past.prior, past.first) = (next, false);
        }
        state.past = past;
    }

    /// Counts all steps in the window, and empties it.
    fn count_rest(&self, state: &mut State) {
        let past = std::mem::take(&mut state.past);
        let Some(LookBack { scheme, .. }) = self.options.look_back else { return };
        if past.moments.is_empty() || !self.is_learning() {
            return;
        }
        let mut scratch = self.scratch();
        if let Some(learnt) = &mut scratch.learnt {
            learnt.follow(&self.lessons, &self.layout, &state.deltas);
        }
        let spec = self.lessons.spec_with(self.model.spec(), &state.deltas);
        let spec = spec.as_ref().unwrap_or(self.model.spec());
        let looked = past.with_span(spec, |span| span.infer(self, scheme, &mut scratch));
        (0..past.moments.len()).for_each(|step| self.count_moment(state, &past, spec, &looked, step));
    }

    /// Counts what a step shows, and the transition to the next one if that is in the window.
    fn count_moment(&self, state: &mut State, past: &Past, spec: &Spec, looked: &Looked, step: usize) {
        if !self.is_learning() {
            return;
        }
        let (moment, belief) = (&past.moments[step], &looked.beliefs[step]);
        let mut packed = vec![0.0; self.layout.total];
        for (factor, belief) in belief.iter().enumerate() {
            packed[self.layout.range(factor)][..belief.len()].copy_from_slice(belief);
        }
        let seen = Seen {
            layout: &self.layout,
            moved: None,
            belief: &packed,
            evidence: &moment.evidence,
            posterior: None,
            first: step == 0 && past.first,
        };
        self.lessons.count(state, &seen, |modality| {
            let declared = || self.initial[modality].as_deref();
            let indifferent = !self.knowledge.likelihoods.depends_on_action(modality);
            moment.preceding.as_deref().or_else(declared).or(indifferent.then_some(&[][..]))
        });
        let Some(action) = past.moments.get(step + 1).and_then(|next| next.preceding.as_deref()) else { return };
        past.with_span(spec, |span| {
            self.lessons.count_moves(state, action, |factor| self.pairs(span, looked, factor, step));
        });
    }

    /// How probable each combination of states before and state after a transition is, `[states before…][state after]`.
    fn pairs(&self, span: &Span<'_>, looked: &Looked, factor: usize, step: usize) -> Vec<f64> {
        let (belief, after) = (&looked.beliefs[step], &looked.beliefs[step + 1][factor]);
        let filtered = looked.filtered.get(step);
        if let Some(pairs) = filtered.and_then(|belief| smoothing::pairs(self, span, factor, step, belief, after)) {
            return pairs;
        }
        // As if they had nothing to do with each other, which is what the other schemes take them for.
        let columns = span.spec.transitions[factor].factors.iter().fold(vec![1.0], |columns, dependency| {
            columns.iter().flat_map(|p| belief[*dependency].iter().map(move |q| p * q)).collect()
        });
        columns.iter().flat_map(|p| after.iter().map(move |q| p * q)).collect()
    }

    /// What is believed before the second step of a window, by what was seen in the first.
    fn predicted(&self, span: &Span<'_>, scratch: &mut Scratch) -> Vec<Vec<f64>> {
        let two = Span { evidence: &span.evidence[..2], actions: &span.actions[..1], ..*span };
        smoothing::filter(self, &two, scratch);
        self.unpacked(&scratch.prior)
    }

    fn unpacked(&self, belief: &[f64]) -> Vec<Vec<f64>> {
        let sizes = self.layout.sizes.iter().enumerate();
        sizes.map(|(factor, size)| belief[self.layout.range(factor)][..*size].to_vec()).collect()
    }

    fn is_learning(&self) -> bool {
        self.lessons.total > 0 && self.options.learns != Learns::Never
    }
}
