//! What came of a proof.

use std::time::Duration;

use serde::Serialize;

use crate::clock::Timestamp;

/// Whether a proof holds, and what shows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    pub(crate) evidence: Evidence,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// It was executed, and what it shows is so.
    Held,
    /// It was executed, and what it shows is not so.
    Failed { why: String },
    /// It could not be executed here.
    NotRun { why: String },
}

/// What was executed, and what it said.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Evidence {
    /// The command or the request, as one would repeat it.
    pub(crate) ran: String,
    pub(crate) at: Option<Timestamp>,
    pub(crate) took_seconds: Option<f64>,
    /// The lines that matter.
    pub(crate) said: Vec<String>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) tests: Option<Tally>,
}

/// Something measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    pub(crate) at_least: Option<f64>,
    pub(crate) at_most: Option<f64>,
}

impl Figure {
    pub(crate) fn is_within(&self) -> bool {
        self.at_least.is_none_or(|least| self.value >= least) && self.at_most.is_none_or(|most| self.value <= most)
    }

    /// The bound that was set, in words.
    pub(crate) fn bound(&self) -> Option<String> {
        let least = self.at_least.map(|least| format!("at least {}", number(least)));
        let most = self.at_most.map(|most| format!("at most {}", number(most)));
        let bound: Vec<String> = least.into_iter().chain(most).collect();
        (!bound.is_empty()).then(|| bound.join(", "))
    }

    /// The value with its unit, with as many digits as mean something.
    pub(crate) fn amount(&self) -> String {
        let amount = match self.value.abs() {
            value if value == value.trunc() => format!("{:.0}", self.value),
            value if value >= 100.0 => format!("{:.0}", self.value),
            value if value >= 10.0 => format!("{:.1}", self.value),
            value if value >= 1.0 => format!("{:.2}", self.value),
            value if value >= 0.001 => format!("{:.3}", self.value),
            _ => format!("{:.1e}", self.value),
        };
        format!("{amount} {}", self.unit).trim_end().to_owned()
    }
}

/// A number as people write it: 200, 0.1, 1e-9.
fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 { format!("{value:e}") } else { value.to_string() }
}

/// How many tests ran, and how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Outcome {
    pub(crate) fn not_run(ran: impl Into<String>, why: impl Into<String>) -> Self {
        let evidence = Evidence { ran: ran.into(), ..Evidence::default() };
        Self { verdict: Verdict::NotRun { why: why.into() }, evidence }
    }

    pub(crate) fn failed(evidence: Evidence, why: impl Into<String>) -> Self {
        Self { verdict: Verdict::Failed { why: why.into() }, evidence }
    }

    /// Holds if there are no faults.
    pub(crate) fn judged(evidence: Evidence, faults: &[String]) -> Self {
        if faults.is_empty() {
            Self { verdict: Verdict::Held, evidence }
        } else {
            Self::failed(evidence, faults.join("; "))
        }
    }
}

/// Seconds, to the hundredth of a millisecond.
pub(crate) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e5).round() / 1e5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_as_many_digits_as_mean_something_and_bounds_are_kept() {
        let figure = |value, at_most| Figure { name: "P95".into(), value, unit: "ms".into(), at_least: None, at_most };
        let amounts = [1234.56, 12.34, 1.234, 0.01234, 200.0, 3.14e-13].map(|value| figure(value, None).amount());
        assert_eq!(amounts, ["1235 ms", "12.3 ms", "1.23 ms", "0.012 ms", "200 ms", "3.1e-13 ms"]);
        assert!(figure(200.0, Some(200.0)).is_within() && !figure(200.1, Some(200.0)).is_within());
        assert!(!figure(f64::NAN, Some(200.0)).is_within());
    }
}
