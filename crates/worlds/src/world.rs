//! What a world is.

use freeagentics_inference::model::{Axis, Evidence, Spec};
use freeagentics_inference::numerics::Random;

/// What can be done in a world and what can be seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What can be set at each moment, with the values.
    pub controls: Vec<Axis>,
    /// What is shown at each moment, with the observations.
    pub modalities: Vec<Axis>,
}

impl Shape {
    /// That of a world which is as a model says.
    pub fn of(spec: &Spec) -> Self {
        let modality = |modality: &freeagentics_inference::model::Modality| Axis {
            name: modality.name.clone(),
            labels: modality.labels.clone(),
        };
        Self { controls: spec.controls.clone(), modalities: spec.modalities.iter().map(modality).collect() }
    }
}

/// What a world brings at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// What is seen, one piece per modality.
    pub evidence: Vec<Evidence>,
    /// What the last action was worth, in nats; 0 at the beginning.
    pub reward: f64,
    /// Whether the episode is over.
    pub over: bool,
}

/// A world: hidden from the agent, and driven by the chances it is handed, so that it can be run again.
pub trait World: Send {
    /// What can be done and seen. It does not change.
    fn shape(&self) -> &Shape;

    /// Begins an episode, and shows the first moment of it.
    fn reset(&mut self, random: &mut Random) -> Moment;

    /// Goes on to the next moment after an action: one value index per control.
    fn act(&mut self, action: &[usize], random: &mut Random) -> Moment;

    /// What is really so, in words; for people who look on.
    fn truth(&self) -> String;
}
