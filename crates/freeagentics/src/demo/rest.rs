//! Waiting that ends early when the server stops.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axiomcore::lifecycle::Stopping;

/// Where all threads of the demo wait.
#[derive(Debug, Default)]
pub(super) struct Rest {
    is_over: Mutex<bool>,
    bell: Condvar,
}

impl Rest {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Waits; says whether life goes on after it.
    pub(super) fn for_a(&self, while_: Duration) -> bool {
        let waited = self.bell.wait_timeout_while(self.lock(), while_, |is_over| !*is_over);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until the server stops, then wakes everybody. Needs no runtime around it.
    pub(super) fn end_at(&self, stopping: Stopping) {
        match tokio::runtime::Builder::new_current_thread().build() {
            Ok(runtime) => runtime.block_on(stopping.requested()),
            Err(error) => tracing::warn!(%error, "the demo ends: {error}"),
        }
        *self.lock() = true;
        self.bell.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use axiomcore::lifecycle::StopSwitch;

    use super::*;

    #[test]
    fn a_long_rest_ends_as_soon_as_the_server_stops() {
        let (switch, stopping) = StopSwitch::new();
        let rest = Rest::new();
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| rest.for_a(Duration::from_secs(600)));
            assert!(rest.for_a(Duration::from_millis(1)));
            switch.stop();
            rest.end_at(stopping);
            assert!(!sleeper.join().unwrap());
        });
    }
}
