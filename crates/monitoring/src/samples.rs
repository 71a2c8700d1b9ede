//! Samples over time in the notation of `promtool`.

/// How long something was good, then bad, then good again, in minutes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phases {
    pub(crate) good: u32,
    pub(crate) bad: u32,
    pub(crate) over: u32,
}

impl Phases {
    /// The moment at which the last of them ends, in minutes.
    pub(crate) const fn end(self) -> u32 {
        self.good + self.bad + self.over
    }

    /// A counter that grows by so much a minute while it is good or bad.
    pub(crate) fn counter(self, good: u64, bad: u64) -> String {
        let mut at = 0;
        let mut parts = vec!["0".to_owned()];
        for (minutes, step) in [(self.good, good), (self.bad, bad), (self.over, good)] {
            if minutes > 0 {
                // `a+bxn` is n + 1 samples, from a on.
                parts.push(format!("{}+{step}x{}", at + step, minutes - 1));
                at += step * u64::from(minutes);
            }
        }
        parts.join(" ")
    }

    /// A gauge that has one value while it is good and another while it is bad.
    pub(crate) fn gauge(self, good: u64, bad: u64) -> String {
        let phases = [(self.good, good), (self.bad, bad), (self.over, good)];
        let parts = phases.iter().filter(|(minutes, _)| *minutes > 0);
        let parts = parts.map(|(minutes, value)| format!("{value}+0x{}", minutes - 1));
        std::iter::once(good.to_string()).chain(parts).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_goes_on_where_the_phase_before_it_ended() {
        let phases = Phases { good: 3, bad: 2, over: 1 };
        // 0 10 20 30, then 31 32, then 42.
        assert_eq!(phases.counter(10, 1), "0 10+10x2 31+1x1 42+10x0");
        assert_eq!(phases.gauge(1, 0), "1 1+0x2 0+0x1 1+0x0");
        assert_eq!(phases.end(), 6);
    }
}
