//! Service-level objectives: a share of what is good that is promised, and alerts on how fast what may be bad is used up.
//!
//! An alert looks at two windows: the long one says that much of the budget has gone, the short one that it is still
//! going. What has passed long ago therefore wakes nobody, and neither does a single failure.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::alert::{Alert, Severity};
use crate::case::Case;
use crate::samples::Phases;

/// What is promised.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Its name, the value of the label `slo`.
    pub name: String,
    /// What its alerts begin with.
    pub alert: String,
    /// What is promised, in a sentence.
    pub text: String,
    /// The share that has to be good, over thirty days.
    pub target: f64,
    /// The share that was bad, over `$window`.
    pub bad: String,
    /// Series of its tests.
    pub series: Vec<TestSeries>,
}

/// A series of an objective's tests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestSeries {
    /// With its labels.
    pub name: String,
    /// How much it grows in a minute, or is, while all is good.
    pub good: u64,
    /// The same while nothing is.
    pub bad: u64,
    /// Whether it is a gauge: then the numbers are its values.
    #[serde(default)]
    pub gauge: bool,
}

/// A pair of windows.
struct Burn {
    /// How many times faster than the budget allows.
    factor: u32,
    long: Window,
    short: Window,
    hold: Window,
    severity: Severity,
    /// When nothing would be left of the budget of thirty days.
    gone: &'static str,
}

/// A span of time, as Prometheus writes it and in minutes.
#[derive(Clone, Copy)]
struct Window(&'static str, u32);

const FIVE_MINUTES: Window = Window("5m", 5);
const HALF_HOUR: Window = Window("30m", 30);
const HOUR: Window = Window("1h", 60);
const TWO_HOURS: Window = Window("2h", 120);
const SIX_HOURS: Window = Window("6h", 360);
const DAY: Window = Window("1d", 1440);
const THREE_DAYS: Window = Window("3d", 4320);
const MONTH: Window = Window("30d", 43_200);

/// All windows over which is recorded.
const WINDOWS: [Window; 8] = [FIVE_MINUTES, HALF_HOUR, HOUR, TWO_HOURS, SIX_HOURS, DAY, THREE_DAYS, MONTH];

/// Four paces; the first two cannot wait for the morning.
const BURNS: [Burn; 4] = [
    Burn {
        factor: 14,
        long: HOUR,
        short: FIVE_MINUTES,
        hold: Window("2m", 2),
        severity: Severity::Critical,
        gone: "two days",
    },
    Burn {
        factor: 6,
        long: SIX_HOURS,
        short: HALF_HOUR,
        hold: FIVE_MINUTES,
        severity: Severity::Critical,
        gone: "five days",
    },
    Burn {
        factor: 3,
        long: DAY,
        short: TWO_HOURS,
        hold: Window("15m", 15),
        severity: Severity::Warning,
        gone: "ten days",
    },
    Burn { factor: 1, long: THREE_DAYS, short: SIX_HOURS, hold: HOUR, severity: Severity::Warning, gone: "a month" },
];

/// How often rules are evaluated in their tests: there are many, over hours.
pub(crate) const PACE: &str = "10m";
/// Minutes that make sure that an evaluation falls into them.
const SLACK: u32 = 25;

/// The family to which alerts on objectives belong, and its runbook.
pub(crate) const FAMILY: &str = "objectives";

impl Objective {
    /// What is recorded of it, each with a name, a label and an expression.
    pub(crate) fn recordings(&self) -> Vec<Value> {
        let labels = json!({ "slo": self.name });
        let bad = WINDOWS.iter().map(|Window(window, _)| {
            let expr = self.bad.trim().replace("$window", window);
            json!({ "record": format!("slo:bad_ratio:rate{window}"), "expr": expr, "labels": labels })
        });
        let allowed = self.allowed();
        let target = json!({ "record": "slo:target", "expr": format!("vector({})", self.target), "labels": labels });
        let left = format!("1 - slo:bad_ratio:rate30d{{slo=\"{}\"}} / {allowed}", self.name);
        let left = json!({ "record": "slo:budget_left:ratio30d", "expr": left, "labels": labels });
        bad.chain([target, left]).collect()
    }

    /// Its alerts, each with its cases.
    pub fn alerts(&self) -> Vec<Alert> {
        BURNS.iter().map(|burn| self.burning(burn)).collect()
    }

    fn burning(&self, burn: &Burn) -> Alert {
        let Burn { factor, long: Window(long, _), short: Window(short, _), hold, severity, gone } = burn;
        let slo = &self.name;
        let threshold = format!("{factor} * {}", self.allowed());
        let over = |window| format!("slo:bad_ratio:rate{window}{{slo=\"{slo}\"}} > {threshold}");
        Alert {
            name: format!("{}BudgetBurns{factor}x", self.alert),
            severity: *severity,
            expr: format!("{} and {}", over(long), over(short)),
            hold: hold.0.to_owned(),
            summary: format!("the error budget of `{slo}` is used up {factor} times as fast as it may be, and more"),
            means: format!("{} At this pace nothing is left of the budget of thirty days within {gone}.", self.text),
            first: "See which routes and nodes are bad on the dashboard of objectives, and undo what was changed last."
                .to_owned(),
            fires: self.case(burn, 0),
            // The short window has passed since, and more.
            quiet: self.case(burn, burn.short.1 + burn.hold.1 + SLACK),
        }
    }

    /// The share that may be bad.
    fn allowed(&self) -> f64 {
        ((1.0 - self.target) * 1e6).round() / 1e6
    }

    /// Bad enough for the long window, and over since so many minutes.
    fn case(&self, burn: &Burn, over: u32) -> Case {
        let threshold = f64::from(burn.factor) * self.allowed();
        // What was before the first sample is unknown and counts for nothing, so two hours say as much as three days.
        let good = burn.long.1.min(TWO_HOURS.1);
        let enough = (f64::from(good + over) * threshold / (1.0 - threshold)).ceil();
        let bad = enough as u32 + burn.hold.1 + SLACK;
        let phases = Phases { good, bad, over };
        let series = self.series.iter().map(|series| (series.name.clone(), series.samples(phases)));
        let labels = BTreeMap::from([("slo".to_owned(), self.name.clone())]);
        Case { at: format!("{}m", phases.end()), series: series.collect(), labels, says: None }
    }
}

impl TestSeries {
    fn samples(&self, phases: Phases) -> String {
        if self.gauge { phases.gauge(self.good, self.bad) } else { phases.counter(self.good, self.bad) }
    }
}
