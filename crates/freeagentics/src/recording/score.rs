//! What a decision maker's way through a recording has cost.

use std::collections::BTreeMap;

use freeagentics_inference::model::{Evidence, Moment, Preference, Spec};

use super::{
    line::{Header, Line, Scene, States},
    track::is,
};

/// Scores by a recording's header and the model's own preferences.
#[derive(Clone, Debug)]
pub(crate) struct Judge<'m> {
    spec: &'m Spec,
    header: Header,
}

/// The score so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// Lines.
    pub(crate) steps: usize,
    /// How long they lasted; 0 where the recording does not say.
    pub(crate) seconds: f64,
    /// How long the service was down.
    pub(crate) down: f64,
    /// How often each value of each control was chosen.
    pub(crate) actions: Vec<Vec<usize>>,
    /// How often an action was needless, for those of which the header says when they are.
    pub(crate) needless: BTreeMap<String, usize>,
    /// What it cost by the model's preferences.
    pub(crate) cost: f64,
    /// Lines of which the cost is not known, because the truth does not name the state of a factor that matters.
    pub(crate) unknown: usize,
}

/// One moment to be scored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved<'a> {
    /// The line.
    pub(crate) line: &'a Line,
    /// What was the case.
    pub(crate) scene: &'a Scene,
    /// What was seen.
    pub(crate) evidence: &'a [Evidence],
    /// What was executed before.
    pub(crate) before: Option<&'a [usize]>,
    /// What is chosen now.
    pub(crate) action: &'a [usize],
}

impl<'m> Judge<'m> {
    /// A judge for one recording; without a header only what the model itself says counts.
    pub(crate) fn new(spec: &'m Spec, header: Option<Header>) -> Self {
        Self { spec, header: header.unwrap_or_default() }
    }

    /// What the recording is about.
    pub(crate) fn about(&self) -> Option<&str> {
        self.header.about.as_deref()
    }

    /// Whether the recording says when the service is down.
    pub(crate) fn knows_down(&self) -> bool {
        !self.header.down.is_empty()
    }

    /// A tally of nothing, with every count that will be made.
    pub(crate) fn start(&self) -> Tally {
        let actions = self.spec.controls.iter().map(|control| vec![0; control.labels.len()]).collect();
        let needless = self.header.needless.keys().map(|action| (action.clone(), 0)).collect();
        Tally { actions, needless, ..Tally::default() }
    }

    /// Names in the header that the model does not have: a misspelt action would never be counted.
    pub(crate) fn strangers(&self) -> Vec<String> {
        let known = |name: &str| {
            let value = name.rsplit_once('=').map_or(name, |(_, value)| value);
            self.spec.controls.iter().any(|control| control.labels.iter().any(|label| label == value))
        };
        self.header.needless.keys().filter(|name| !known(name)).cloned().collect()
    }

    /// States that the header counts as down and the model does not have: misspelt, they would never be counted.
    pub(crate) fn unknown_down(&self) -> Vec<String> {
        let known = |factor: &str, state: &String| {
            let mut factors = self.spec.factors.iter().filter(|axis| axis.name == factor);
            factors.any(|axis| axis.labels.contains(state))
        };
        let named = self.header.down.iter().flat_map(|(factor, states)| states.iter().map(move |s| (factor, s)));
        named
            .filter(|(factor, state)| !known(factor, state))
            .map(|(factor, state)| format!("{factor}={state}"))
            .collect()
    }

    /// Scores one moment.
    pub(crate) fn score(&self, tally: &mut Tally, moved: &Moved<'_>) {
        let seconds = moved.line.seconds.or(self.header.tick_seconds).unwrap_or(0.0);
        tally.steps += 1;
        tally.seconds += seconds;
        if among(&self.header.down, &moved.scene.truth) {
            tally.down += seconds;
        }
        for (counts, &value) in tally.actions.iter_mut().zip(moved.action) {
            counts.get_mut(value).into_iter().for_each(|count| *count += 1);
        }
        for (name, states) in &self.header.needless {
            if is(self.spec, name, moved.action) && among(states, &moved.scene.truth) {
                *tally.needless.entry(name.clone()).or_default() += 1;
            }
        }
        match self.cost(moved) {
            Some(cost) => tally.cost += cost,
            None => tally.unknown += 1,
        }
    }

    fn cost(&self, moved: &Moved<'_>) -> Option<f64> {
        let worth = |preference| self.worth(preference, moved);
        self.spec.preferences.iter().map(worth).sum::<Option<f64>>().map(|worth| 0.0 - worth)
    }

    fn worth(&self, preference: &Preference, moved: &Moved<'_>) -> Option<f64> {
        match preference {
            Preference::Observations { modality, values } => Some(match moved.evidence.get(*modality) {
                Some(Evidence::Index(seen)) => values.get(*seen).copied().unwrap_or(0.0),
                Some(Evidence::Soft(odds)) => odds.iter().zip(values).map(|(odds, value)| odds * value).sum(),
                _ => 0.0,
            }),
            // What is wanted differs with the distance, so what happened now is judged as the next step of a plan was.
            Preference::Timed { modality, values } => {
                let values = values.first()?.clone();
                self.worth(&Preference::Observations { modality: *modality, values }, moved)
            }
            Preference::Joint { factors, controls, at, values } => {
                // The states here are those *after* the action before, and *before* the action now.
                let after = *at == Moment::After && !factors.is_empty() && !controls.is_empty();
                let action = if after { moved.before } else { Some(moved.action) };
                let Some(action) = action else { return Some(0.0) };
                let mut index = 0;
                for &factor in factors {
                    let axis = self.spec.factors.get(factor)?;
                    let name = moved.scene.truth.get(&axis.name)?;
                    index = index * axis.labels.len() + axis.labels.iter().position(|label| label == name)?;
                }
                for &control in controls {
                    index = index * self.spec.controls.get(control)?.labels.len() + action.get(control)?;
                }
                values.get(index).copied()
            }
        }
    }
}

impl Tally {
    /// Adds another recording's.
    pub(crate) fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.seconds += other.seconds;
        self.down += other.down;
        self.cost += other.cost;
        self.unknown += other.unknown;
        if self.actions.is_empty() {
            self.actions.clone_from(&other.actions);
        } else {
            let counts = self.actions.iter_mut().flatten().zip(other.actions.iter().flatten());
            counts.for_each(|(sum, count)| *sum += count);
        }
        for (name, count) in &other.needless {
            *self.needless.entry(name.clone()).or_default() += count;
        }
    }

    /// The cost, if it is known of every line.
    pub(crate) fn known_cost(&self) -> Option<f64> {
        (self.unknown == 0).then_some(self.cost)
    }
}

/// Whether any factor is in one of its listed states.
fn among(states: &States, truth: &BTreeMap<String, String>) -> bool {
    states.iter().any(|(factor, names)| truth.get(factor).is_some_and(|state| names.contains(state)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    fn judged(truth: &str, actions: &[&[usize]]) -> Tally {
        let spec = watchdog();
        let header = r#"{"tick_seconds": 5, "down": {"service": ["hung"]}, "needless": {"restart": {"service": ["healthy", "blip"]}}}"#;
        let judge = Judge::new(&spec, serde_json::from_str(header).unwrap());
        let line = format!(r#"{{"observation": {{}}, "truth": {truth}}}"#);
        let line = Line::envelope(serde_json::from_str(&line).unwrap()).unwrap();
        let mut tally = judge.start();
        for &action in actions {
            let evidence = [Evidence::Missing, Evidence::Missing];
            judge.score(
                &mut tally,
                &Moved { line: &line, scene: &line.scene, evidence: &evidence, before: None, action },
            );
        }
        tally
    }

    #[test]
    fn states_and_actions_cost_what_the_model_says() {
        assert_eq!(judged(r#"{"service": "hung"}"#, &[&[0], &[1]]).known_cost(), Some(4.0 + 4.4));
        assert_eq!(judged(r#"{"service": "healthy"}"#, &[&[0]]).known_cost(), Some(0.0));
    }

    #[test]
    fn a_restart_of_a_healthy_service_is_needless_and_a_restart_of_a_hung_one_is_not() {
        assert_eq!(judged(r#"{"service": "healthy"}"#, &[&[2], &[0]]).needless["restart"], 1);
        let hung = judged(r#"{"service": "hung"}"#, &[&[2], &[0]]);
        assert_eq!((hung.needless["restart"], hung.down, hung.seconds), (0, 10.0, 10.0));
    }

    #[test]
    fn what_an_action_is_worth_by_where_it_led_is_counted_where_it_led() {
        let mut spec = watchdog();
        let mut values = vec![0.0; 16];
        values[3 * 4 + 2] = -7.0; // hung after a restart
        spec.preferences = vec![Preference::Joint { factors: vec![0], controls: vec![0], at: Moment::After, values }];
        let judge = Judge::new(&spec, None);
        let line = r#"{"observation": {}, "truth": {"service": "hung"}}"#;
        let line = Line::envelope(serde_json::from_str(line).unwrap()).unwrap();
        let cost = |before: Option<&[usize]>, action: &[usize]| {
            let mut tally = judge.start();
            judge.score(&mut tally, &Moved { line: &line, scene: &line.scene, evidence: &[], before, action });
            tally.known_cost()
        };
        assert_eq!(cost(Some(&[2]), &[0]), Some(7.0));
        assert_eq!(cost(Some(&[0]), &[2]), Some(0.0));
        assert_eq!(cost(None, &[2]), Some(0.0));
    }

    #[test]
    fn without_the_truth_the_cost_is_not_known() {
        assert_eq!(judged("{}", &[&[0]]).known_cost(), None);
    }
}
