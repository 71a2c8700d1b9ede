//! How often something is asked again, and how long is waited between.

use std::time::Duration;

/// The patience of one caller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// How often something is asked, the first time included.
    pub(crate) tries: u32,
    /// The longest wait before asking again; a server that asks for more is not asked again.
    pub(crate) longest: Duration,
}

impl Patience {
    /// Somebody waits at a terminal.
    pub(crate) const COMMAND: Self = Self { tries: 6, longest: Duration::from_secs(20) };
    /// Somebody has a way of their own to come back later.
    pub(crate) const NONE: Self = Self { tries: 1, longest: Duration::ZERO };

    /// How long to wait after so many tries, if the server said when to come again; longer each time, so that many
    /// clients do not keep a server busy with refusing.
    pub(super) fn pause(self, tried: u32, retry_after: Option<Duration>) -> Option<Duration> {
        let pause = retry_after?.saturating_mul(1 << tried.saturating_sub(1).min(8));
        (tried < self.tries).then(|| pause.min(self.longest)).filter(|_| retry_after <= Some(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_what_the_server_asked_for_and_end() {
        let pauses: Vec<Option<u64>> = (1..=6)
            .map(|tried| Patience::COMMAND.pause(tried, Some(Duration::from_secs(2))).map(|pause| pause.as_secs()))
            .collect();
        assert_eq!(pauses, [Some(2), Some(4), Some(8), Some(16), Some(20), None]);
    }

    #[test]
    fn a_server_that_did_not_ask_for_it_or_asks_for_too_much_is_not_asked_again() {
        assert_eq!(Patience::COMMAND.pause(1, None), None);
        assert_eq!(Patience::COMMAND.pause(1, Some(Duration::from_secs(60))), None);
        assert_eq!(Patience::NONE.pause(1, Some(Duration::from_secs(1))), None);
    }
}
