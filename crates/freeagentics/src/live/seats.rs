//! How many streams are open, and whose.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axiomcore::identity::Principal;
use axiomcore::telemetry::{Declaration, Gauge, Metrics};

use super::Config;

/// Places for streams. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Seats(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    taken: Mutex<HashMap<(i64, String), usize>>,
    open: Gauge,
}

/// One stream's place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Seats,
    whose: (i64, String),
}

impl Seats {
    pub(crate) fn new(config: Config, metrics: &Metrics) -> Self {
        let open = metrics.gauge(Declaration::gauge("freeagentics_streams", &[], "Live streams that are open"));
        Self(Arc::new(Inner { config, taken: Mutex::default(), open }))
    }

    /// The settings that they follow.
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// Takes a place, if there is one for this principal.
    pub(crate) fn take(&self, principal: &Principal) -> Option<Seat> {
        let whose = (principal.workspace, principal.id.clone());
        let mut taken = self.taken();
        let all: usize = taken.values().sum();
        let theirs = taken.get(&whose).copied().unwrap_or(0);
        if all >= self.0.config.max_streams || theirs >= self.0.config.max_streams_per_principal {
            return None;
        }
        taken.insert(whose.clone(), theirs + 1);
        self.0.open.inc();
        Some(Seat { seats: self.clone(), whose })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<(i64, String), usize>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(theirs) = taken.get_mut(&self.whose) {
            *theirs -= 1;
            if *theirs == 0 {
                taken.remove(&self.whose);
            }
        }
        self.seats.0.open.dec();
    }
}

#[cfg(test)]
mod tests {
    use axiomcore::identity::{Permissions, PrincipalKind};

    use super::*;

    #[test]
    fn places_are_bounded_for_each_and_for_all_and_free_again_when_a_stream_ends() {
        let config = Config { max_streams: 3, max_streams_per_principal: 2, ..Config::default() };
        let seats = Seats::new(config, &Metrics::new());
        let named = |id: &str| {
            let permissions = Permissions::Every;
            Principal { workspace: 1, id: id.into(), kind: PrincipalKind::ApiKey, permissions }
        };
        let (ann, bob) = (named("ann"), named("bob"));
        let (one, _two) = (seats.take(&ann).unwrap(), seats.take(&ann).unwrap());
        assert!(seats.take(&ann).is_none(), "two are all that one may have");
        let _three = seats.take(&bob).unwrap();
        assert!(seats.take(&bob).is_none(), "three are all there are");
        drop(one);
        assert!(seats.take(&bob).is_some());
    }
}
