//! The model itself as the world an agent acts in, and the generator of everything random here.

use freeagentics_inference::model::{Evidence, Spec, Table};

/// `SplitMix64`: tiny, seeded, and the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Generator(u64);

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An index drawn with these probabilities; never one of probability 0.
    pub(crate) fn draw(&mut self, probabilities: &[f64]) -> usize {
        let mut rest = self.unit() * probabilities.iter().sum::<f64>();
        let mut last = 0;
        for (index, &probability) in probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            last = index;
            rest -= probability;
            if rest < 0.0 {
                break;
            }
        }
        last
    }
}

/// A hidden state that moves and is seen as the model says.
pub(crate) struct World<'a> {
    spec: &'a Spec,
    states: Vec<usize>,
    /// The action that led to the present states; none at the start.
    action: Option<Vec<usize>>,
    generator: Generator,
}

impl<'a> World<'a> {
    /// A world whose first states are drawn from the prior.
    pub(crate) fn new(spec: &'a Spec, seed: u64) -> Self {
        let mut generator = Generator::new(seed);
        let states = spec.priors.iter().map(|prior| generator.draw(prior)).collect();
        Self { spec, states, action: None, generator }
    }

    /// One observation per modality; what depends on an action that was never taken is missing.
    pub(crate) fn observe(&mut self) -> Vec<Evidence> {
        let spec = self.spec;
        let seen = spec.likelihoods.iter().zip(&spec.modalities);
        seen.map(|(table, modality)| {
            let initial = modality.initial.as_deref();
            let values = match (&self.action, initial) {
                (Some(action), _) => table.controls.iter().map(|&control| action[control]).collect(),
                (None, Some(initial)) => initial.to_vec(),
                (None, None) if table.controls.is_empty() => vec![],
                (None, None) => return Evidence::Missing,
            };
            let column = column(spec, table, modality.labels.len(), &self.states, &values);
            Evidence::Index(self.generator.draw(&column))
        })
        .collect()
    }

    /// Moves on under an action.
    pub(crate) fn act(&mut self, action: &[usize]) {
        let spec = self.spec;
        let moved = spec.transitions.iter().zip(&spec.factors);
        self.states = moved
            .map(|(table, factor)| {
                let values: Vec<usize> = table.controls.iter().map(|&control| action[control]).collect();
                let column = column(spec, table, factor.labels.len(), &self.states, &values);
                self.generator.draw(&column)
            })
            .collect();
        self.action = Some(action.to_vec());
    }
}

/// The distribution that a table gives for these states and these values of its own controls.
fn column(spec: &Spec, table: &Table, outcomes: usize, states: &[usize], values: &[usize]) -> Vec<f64> {
    let mut offset = 0;
    for &factor in &table.factors {
        offset = offset * spec.factors[factor].labels.len() + states[factor];
    }
    for (&control, &value) in table.controls.iter().zip(values) {
        offset = offset * spec.controls[control].labels.len() + value;
    }
    let stride = table.values.len() / outcomes;
    (0..outcomes).map(|outcome| table.values[outcome * stride + offset]).collect()
}
