//! Load, stress, spike and soak: whether the server holds its floors, bends where it has to, and is itself again after.

use harness::Result;
use harness::report::{count, line, table};
use serde::Serialize;

use crate::arguments::{Arguments, Database};
use crate::measurement::Bench;
use crate::report::Phase;

/// What the product promises as the least, on durable steps.
const FLOORS: Floors = Floors { steps_per_second: 1_000.0, p95_ms: 200.0, p99_ms: 500.0, errors: 0.001 };

/// Of what the closed loop reaches, from ease to far too much.
const STRESS: [f64; 6] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5];

/// The everyday rate, in steps per second, well above the floor.
const EVERYDAY: f64 = 2_000.0;

/// How many times that a spike brings.
const SPIKE: f64 = 10.0;

/// Refusals that tell who asks to come again: what a server that has too much to do should answer.
const BUSY: [&str; 2] = ["429", "503"];

/// How much memory may grow over the second half of a soak, as a part of what there was: pools and caches still fill.
const GROWTH: f64 = 0.1;

/// How many more files and connections may be open at its end.
const MORE_HANDLES: usize = 8;

#[derive(Debug, Serialize)]
struct Floors {
    steps_per_second: f64,
    p95_ms: f64,
    p99_ms: f64,
    /// As a part of all.
    errors: f64,
}

/// Every stage with what was wrong with it.
#[derive(Debug, Serialize)]
pub(crate) struct Endurance {
    database: Database,
    agents: u32,
    floors: Floors,
    stages: Vec<Stage>,
}

#[derive(Debug, Serialize)]
struct Stage {
    name: String,
    phase: Phase,
    handles: usize,
    faults: Vec<String>,
}

/// Runs all four on a fleet of its own.
pub(crate) fn endure(arguments: &Arguments, bench: &Bench<'_>) -> Result<Endurance> {
    bench.fleet()?;
    let mut trial = Trial { bench, is_judged: !arguments.is_smoke(), stages: Vec::new() };
    let everyday = if arguments.is_smoke() { EVERYDAY / 20.0 } else { EVERYDAY };
    let short = arguments.duration().as_secs_f64();
    trial.run("load", everyday, short, true)?;
    let most = bench.closed()?.measured.steps_per_second;
    for part in STRESS {
        trial.run(&format!("stress, {:.0} % of the most", part * 100.0), most * part, short, part < 0.6)?;
    }
    trial.run("after the stress", everyday, short, true)?;
    trial.run("before the spike", everyday, short, true)?;
    trial.run("spike", everyday * SPIKE, short / 2.0, false)?;
    trial.run("after the spike", everyday, short, true)?;
    let half = arguments.soak().as_secs_f64() / 2.0;
    trial.run("soak, first half", everyday, half, true)?;
    trial.run("soak, second half", everyday, half, true)?;
    trial.judge_growth();
    Ok(Endurance { database: arguments.database, agents: arguments.n_agents(), floors: FLOORS, stages: trial.stages })
}

struct Trial<'a> {
    bench: &'a Bench<'a>,
    /// Whether speed counts: not for a small fleet on a build without optimisation.
    is_judged: bool,
    stages: Vec<Stage>,
}

impl Trial<'_> {
    fn run(&mut self, name: &str, rate: f64, seconds: f64, has_to_hold: bool) -> Result<()> {
        let phase = self.bench.open(name, rate, seconds)?;
        let mut faults = unexpected(&phase);
        if has_to_hold {
            faults.extend(errors(&phase));
            if self.is_judged {
                faults.extend(too_slow(&phase, rate));
            }
        }
        self.stages.push(Stage { name: name.to_owned(), phase, handles: self.bench.handles(), faults });
        Ok(())
    }

    /// The last stage may hold no more than the one before it.
    fn judge_growth(&mut self) {
        let [.., before, last] = self.stages.as_mut_slice() else { return };
        let (was, is) = (before.phase.server.resident_mib, last.phase.server.resident_mib);
        if self.is_judged && is > was * (1.0 + GROWTH) {
            last.faults.push(format!("memory grew from {was:.0} to {is:.0} MiB"));
        }
        if last.handles > before.handles + MORE_HANDLES {
            last.faults.push(format!("open files grew from {} to {}", before.handles, last.handles));
        }
    }
}

/// Failures that are no request to come again.
fn unexpected(phase: &Phase) -> Vec<String> {
    let errors = phase.measured.errors.iter().filter(|(status, _)| !BUSY.contains(&status.as_str()));
    errors.map(|(status, n)| format!("{n} answers of {status}")).collect()
}

/// More failures of any kind than may be.
fn errors(phase: &Phase) -> Option<String> {
    let failed = phase.measured.errors.values().sum::<u64>() + phase.measured.given_up;
    let part = failed as f64 / (phase.measured.steps + failed).max(1) as f64;
    (part >= FLOORS.errors).then(|| format!("{:.2} % failed", part * 100.0))
}

fn too_slow(phase: &Phase, rate: f64) -> Vec<String> {
    let (measured, latency) = (&phase.measured, phase.measured.latency);
    let least = FLOORS.steps_per_second.min(rate * 0.9);
    [
        (measured.steps_per_second < least).then(|| format!("{:.0} steps/s", measured.steps_per_second)),
        (latency.p95 >= FLOORS.p95_ms).then(|| format!("p95 {:.0} ms", latency.p95)),
        (latency.p99 >= FLOORS.p99_ms).then(|| format!("p99 {:.0} ms", latency.p99)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Endurance {
    pub(crate) fn holds(&self) -> bool {
        self.stages.iter().all(|stage| stage.faults.is_empty())
    }

    pub(crate) fn tell(&self) -> Result<()> {
        let heads = ["stage", "asked/s", "steps/s", "p50 ms", "p95", "p99", "max", "busy", "MiB", "files", "found"];
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        rows.extend(self.stages.iter().map(Stage::row));
        table(&rows)?;
        let Floors { steps_per_second, p95_ms, p99_ms, errors } = &self.floors;
        line(&format!(
            "{:?}, {} agents; floors: {steps_per_second} steps/s, p95 {p95_ms} ms, p99 {p99_ms} ms, {} % errors: {}",
            self.database,
            count(self.agents.into()),
            errors * 100.0,
            if self.holds() { "held" } else { "NOT HELD" }
        ))
    }
}

impl Stage {
    fn row(&self) -> Vec<String> {
        let measured = &self.phase.measured;
        let busy = BUSY.iter().filter_map(|status| measured.errors.get(*status)).sum::<u64>() + measured.given_up;
        let latency = measured.latency;
        let mut row = vec![self.name.clone(), count(measured.load.rate.unwrap_or_default() as u64)];
        row.push(count(measured.steps_per_second as u64));
        row.extend([latency.p50, latency.p95, latency.p99, latency.max].map(|millis| format!("{millis:.2}")));
        row.extend([count(busy), format!("{:.0}", self.phase.server.resident_mib), self.handles.to_string()]);
        row.push(if self.faults.is_empty() { "nothing".into() } else { self.faults.join("; ") });
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{Errors, Load, Measured, Percentiles};
    use crate::maze::Pattern;
    use harness::usage::Usage;
    use std::time::Duration;

    fn phase(steps: u64, errors: &[(&str, u64)], p99: f64) -> Phase {
        let duration = Duration::from_secs(1);
        let load = Load { rate: Some(2_000.0), connections: 1, warm_up: duration, duration, seed: 1 };
        let measured = Measured {
            load,
            seconds: 1.0,
            requests: steps,
            steps,
            requests_per_second: steps as f64,
            steps_per_second: steps as f64,
            errors: errors.iter().map(|(status, n)| ((*status).to_owned(), *n)).collect::<Errors>(),
            latency: Percentiles { p99, ..Percentiles::default() },
            given_up: 0,
        };
        let none = Usage::default();
        let (name, pattern) = ("load".to_owned(), Pattern::Random);
        Phase { name, pattern, batch: None, explain: None, measured, server: none, database: none, client: none }
    }

    #[test]
    fn a_floor_that_is_not_held_is_named() {
        assert_eq!(too_slow(&phase(1_990, &[], 20.0), 2_000.0), [""; 0]);
        assert_eq!(too_slow(&phase(900, &[], 600.0), 2_000.0), ["900 steps/s", "p99 600 ms"]);
        assert_eq!(errors(&phase(2_000, &[("503", 1)], 1.0)), None);
        assert_eq!(errors(&phase(997, &[("503", 3)], 1.0)).as_deref(), Some("0.30 % failed"));
        assert_eq!(unexpected(&phase(1, &[("500", 2), ("503", 9)], 1.0)), ["2 answers of 500"]);
    }
}
