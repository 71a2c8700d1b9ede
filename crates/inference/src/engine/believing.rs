//! A state that holds a given belief: to ask what an agent would do if it believed something.

use super::{Engine, State, step::is_distribution};

impl Engine {
    /// An agent that believes this (one distribution per factor), as if a step had just come to it.
    ///
    /// A step with nothing seen and no tick elapsed then decides on exactly this belief. `None` if these are not
    /// distributions over the states of the factors.
    pub fn believing(&self, beliefs: &[Vec<f64>]) -> Option<State> {
        let sizes = &self.layout.sizes;
        let fits = |(belief, size): (&Vec<f64>, &usize)| belief.len() == *size && is_distribution(belief);
        if beliefs.len() != sizes.len() || !beliefs.iter().zip(sizes).all(fits) {
            return None;
        }
        let mut state = self.start();
        for (factor, belief) in beliefs.iter().enumerate() {
            state.belief[self.layout.range(factor)][..belief.len()].copy_from_slice(belief);
        }
        state.begun = true;
        Some(state)
    }
}
