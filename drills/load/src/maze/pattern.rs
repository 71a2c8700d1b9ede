//! Which agents are stepped, in which order.

use clap::ValueEnum;
use harness::random::Random;
use serde::Serialize;

/// Out of M agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pattern {
    /// Any, each as likely.
    Random,
    /// One after the other.
    RoundRobin,
}

/// Draws agents.
pub(crate) struct Agents {
    pattern: Pattern,
    n: u32,
    next: u32,
    random: Random,
}

impl Agents {
    pub(crate) fn new(pattern: Pattern, n: u32, seed: u64) -> Self {
        Self { pattern, n, next: 0, random: Random::new(seed) }
    }

    pub(crate) fn draw(&mut self) -> u32 {
        match self.pattern {
            Pattern::Random => self.random.below(self.n.into()) as u32,
            Pattern::RoundRobin => {
                let agent = self.next;
                self.next = (agent + 1) % self.n;
                agent
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_robin_meets_each_agent_once_before_any_twice_and_random_does_not() {
        let distinct = |pattern| {
            let mut agents = Agents::new(pattern, 1000, 1);
            (0..1000).map(|_| agents.draw()).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!(distinct(Pattern::RoundRobin), 1000);
        // 1 - 1/e of them.
        assert!((600..665).contains(&distinct(Pattern::Random)), "{}", distinct(Pattern::Random));
    }
}
