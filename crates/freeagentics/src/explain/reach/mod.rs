//! Which actions an agent would ever choose, when, and why never.
//!
//! There is no closed answer, so beliefs are tried: every certainty, the edges between two states, those met in
//! simulated runs, and random ones from a fixed seed. What is found is then sharpened by small moves. A verdict
//! "never" therefore means: at none of so many beliefs, the closest of them named.

mod beliefs;
mod bench;
mod lengths;
mod simulate;
mod verdict;
mod words;

use freeagentics_inference::engine::Engine;

pub(crate) use verdict::Verdict;
pub(crate) use words::{Told, tell};

use beliefs::{Belief, starting_points};
use bench::{Bench, Sample};
use simulate::Runs;

/// What came of the search.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    /// One verdict per value of each control.
    pub(crate) verdicts: Vec<Verdict>,
    /// How many beliefs were tried.
    pub(crate) tried: usize,
}

/// Tries beliefs and judges every value of every control. `seed` keys the random ones. `None` for an
/// agent that has nothing to choose.
pub(crate) fn survey(engine: &Engine, seed: u64) -> Option<Survey> {
    let spec = engine.model().spec();
    if spec.controls.is_empty() {
        return None;
    }
    let bench = Bench::new(engine)?;
    let budget = bench.budget();
    let runs = simulate::runs(engine, seed, budget);
    let mut search = Search { bench: &bench, samples: Vec::new(), left: budget, met: 0, runs: &runs };
    search.look(spec.priors.clone());
    // Runs dwell on few beliefs, so every eighth step is enough.
    for belief in runs.beliefs.iter().step_by(8).cloned() {
        search.look(belief);
    }
    search.met = search.samples.len();
    for belief in starting_points(spec, seed, search.left / 2) {
        search.look(belief);
    }
    let mut verdicts = Vec::new();
    for (control, axis) in spec.controls.iter().enumerate() {
        for value in 0..axis.labels.len() {
            let choice = Choice { control, value };
            search.approach(choice);
            verdicts.push(verdict::judge(&mut search, choice));
        }
    }
    Some(Survey { tried: search.samples.len(), verdicts })
}

/// One value of one control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The control.
    pub(crate) control: usize,
    /// Its value.
    pub(crate) value: usize,
}

/// A search in progress.
struct Search<'b> {
    bench: &'b Bench,
    /// The prior, then what was met in runs, then what was tried besides.
    samples: Vec<Sample>,
    /// How many of them were met.
    met: usize,
    runs: &'b Runs,
    left: usize,
}

impl Search<'_> {
    /// Tries a belief; answers with the sample's index, or nothing when the budget is spent.
    fn look(&mut self, belief: Belief) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        self.samples.push(self.bench.sample(belief)?);
        Some(self.samples.len() - 1)
    }

    fn sample(&self, index: usize) -> Option<&Sample> {
        self.samples.get(index)
    }

    /// Moves from the closest belief found towards one at which `choice` is made, if it is made nowhere yet.
    fn approach(&mut self, choice: Choice) {
        if self.samples.iter().any(|sample| sample.chooses(choice)) {
            return;
        }
        let Some(closest) = self.closest(choice) else { return };
        let worth = |sample: &Sample| Some(-sample.gap(choice));
        self.climb(closest, worth, |sample| sample.chooses(choice));
    }

    /// The sample at which `choice` is least far behind.
    fn closest(&self, choice: Choice) -> Option<usize> {
        let gaps = self.samples.iter().map(|sample| sample.gap(choice)).enumerate();
        gaps.filter(|(_, gap)| gap.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
    }

    /// Small moves towards and away from certainties, each kept if `worth` grows, until `done` or none helps.
    fn climb(&mut self, from: usize, worth: impl Fn(&Sample) -> Option<f64>, done: impl Fn(&Sample) -> bool) {
        const STRIDES: [f64; 4] = [0.3, 0.1, 0.03, 0.01];
        const MOST_LOOKS: usize = 300;
        const LEAST_GAIN: f64 = 1e-4;
        let until = self.samples.len() + MOST_LOOKS;
        let Some(start) = self.sample(from) else { return };
        let (mut here, mut best) = (start.belief.clone(), worth(start));
        let mut helped = true;
        while helped && self.samples.len() < until {
            helped = false;
            for stride in STRIDES {
                for there in beliefs::neighbours(&here, stride) {
                    let Some(index) = self.look(there) else { return };
                    let Some(sample) = self.samples.get(index) else { return };
                    let value = worth(sample);
                    if value.is_some_and(|value| best.is_none_or(|best| value > best + LEAST_GAIN)) {
                        (here, best, helped) = (sample.belief.clone(), value, true);
                        if done(sample) {
                            return;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use freeagentics_inference::{
        engine::{Options, Policies},
        model::Model,
    };

    use super::*;
    use crate::explain::example::watchdog;

    fn told(length: usize) -> String {
        let options = Options { policies: Policies::All { length }, ..Options::default() };
        let engine = Engine::new(Arc::new(Model::new(watchdog()).unwrap()), options).unwrap();
        let told = tell(&engine, &survey(&engine, 1).unwrap());
        told.iter().map(|told| format!("{}: {}\n", told.action, told.said.join("\n  "))).collect()
    }

    #[test]
    fn the_watchdog_restarts_only_with_plans_of_three_steps() {
        insta::assert_snapshot!(told(3), @r#"
        wait: 94 % of the steps of simulated runs; at the start; when sure of healthy or overloaded
          only when blip is below 40 % and hung is below 86 %
        probe: 5.1 % of the steps of simulated runs; when sure of blip
          only when hung is below 80 % and healthy is below 83 %
        restart: 0.4 % of the steps of simulated runs; when sure of hung
          only when healthy is below 11 % and blip is below 15 %
          it takes plans of 3 steps; with plans of 1 or 2 it never would, because its cost, 10, is paid at once and what it saves comes later (at best 3.92 in 1 step, 7.82 in 2 and 11.7 in 3)
        page: never (at none of 1381 beliefs tried), because it costs more than it brings: where it comes closest, with hung 84 %, overloaded 16 %, [page, probe ×2] would cost 18.8, be a look worth 1.75 and save 1.59; wait does better by 15.5
          longer plans would not change that (tried: 4, 5 and 6 steps)
        "#);
    }

    #[test]
    fn with_short_plans_the_reason_it_never_restarts_is_told() {
        insta::assert_snapshot!(told(2), @r#"
        wait: 95 % of the steps of simulated runs; at the start; when sure of healthy, overloaded or hung
          only when blip is below 40 %
        probe: 4.7 % of the steps of simulated runs; when sure of blip
          only when hung is below 80 % and healthy is below 83 %
        restart: never (at none of 1253 beliefs tried), because it costs more than it brings: where it comes closest, with hung 100 %, restart would cost 10, be a look worth 0.26 and save 7.82; wait does better by 1.92
          with plans of 3 steps it would, because its cost, 10, is paid at once and what it saves comes later (at best 7.82 in 2 and 11.7 in 3 steps)
        page: never (at none of 1253 beliefs tried), because it costs more than it brings: where it comes closest, with hung 100 %, page would cost 18, be a look worth 0.7 and save 1.2; wait does better by 16.1
          longer plans would not change that (tried: 3, 4 and 5 steps)
        "#);
    }
}
