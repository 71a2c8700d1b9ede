//! What a watcher of the service sees: the latency of a cheap check, and what a deep probe would find.

use crate::faults::Truth;
use crate::random::Random;

/// A check that has no answer after five seconds is written down as these.
const TIMEOUT_MS: u64 = 5000;

/// Latencies in ms at 0, 1/16, …, 1 of the distribution. All three are log-normal to look at: a median, and a tail to
/// the right. Tables, because a computed one would differ between platforms.
type Quantiles = [u64; 17];
const QUICK: Quantiles = [11, 20, 24, 27, 30, 32, 35, 37, 40, 43, 46, 50, 54, 60, 67, 80, 246];
const LABOURED: Quantiles =
    [120, 308, 402, 484, 561, 639, 720, 806, 900, 1005, 1125, 1267, 1443, 1675, 2014, 2634, 4800];
const RESENT: Quantiles =
    [232, 410, 640, 1020, 1040, 1060, 1080, 1110, 1150, 1220, 1340, 1590, 2040, 3030, 3060, 3120, 4200];

/// One look at the service, at one moment.
pub(crate) struct Look {
    pub(crate) check_ms: u64,
    pub(crate) deep_probe: &'static str,
}

pub(crate) fn look(truth: Truth, random: &mut Random) -> Look {
    let check = random.pick(checks(truth)).flatten();
    let check_ms = check.map_or(TIMEOUT_MS, |quantiles| latency(quantiles, random));
    let deep_probe = random.pick(deep_probes(truth)).unwrap_or("fine");
    Look { check_ms, deep_probe }
}

/// How often, in a thousand, a check is answered in which manner; `None` is a timeout.
fn checks(truth: Truth) -> &'static [(Option<&'static Quantiles>, u64)] {
    match truth {
        Truth::Healthy => &[(Some(&QUICK), 975), (Some(&LABOURED), 21), (None, 4)],
        Truth::Blip => &[(Some(&QUICK), 120), (Some(&RESENT), 180), (None, 700)],
        Truth::Overloaded => &[(Some(&QUICK), 120), (Some(&LABOURED), 780), (None, 100)],
        Truth::Hung | Truth::HungBehindCut => &[(Some(&QUICK), 15), (Some(&LABOURED), 25), (None, 960)],
        Truth::Broken => &[(Some(&LABOURED), 20), (None, 980)],
    }
}

/// How often, in a thousand, a deep probe finds what.
fn deep_probes(truth: Truth) -> &'static [(&'static str, u64)] {
    match truth {
        Truth::Healthy => &[("fine", 950), ("unreachable", 25), ("busy", 20), ("dead", 5)],
        Truth::Blip => &[("fine", 90), ("unreachable", 830), ("busy", 40), ("dead", 40)],
        Truth::Overloaded => &[("fine", 100), ("unreachable", 50), ("busy", 800), ("dead", 50)],
        Truth::Hung => &[("fine", 20), ("unreachable", 60), ("busy", 70), ("dead", 850)],
        Truth::HungBehindCut => &[("unreachable", 850), ("dead", 150)],
        Truth::Broken => &[("fine", 10), ("unreachable", 70), ("busy", 40), ("dead", 880)],
    }
}

/// A draw from the distribution: somewhere between two neighbouring quantiles.
fn latency(quantiles: &Quantiles, random: &mut Random) -> u64 {
    let pair = usize::try_from(random.below(16)).unwrap_or_default();
    let ends = quantiles.get(pair).zip(quantiles.get(pair + 1));
    ends.map_or(TIMEOUT_MS, |(low, high)| random.between((*low, *high)))
}
