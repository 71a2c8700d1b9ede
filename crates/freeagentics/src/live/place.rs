//! How many streams are open, in all and of each principal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axiomcore::http::Problem;
use axiomcore::http::codes::OVERLOADED;
use axiomcore::identity::Principal;
use axiomcore::telemetry::{Counter, Declaration, Gauge, Metrics};

use super::Config;
use crate::server::codes::TOO_MANY_STREAMS;

/// When to try again: streams live long.
const COME_AGAIN: Duration = Duration::from_secs(5);

/// A principal: workspace and id.
type Who = (i64, String);

/// The places that there are.
#[derive(Clone)]
pub(super) struct Places(Arc<Inner>);

struct Inner {
    most: usize,
    most_each: usize,
    taken: Mutex<Taken>,
    open: Gauge,
    told: Counter,
    gaps: Counter,
}

#[derive(Default)]
struct Taken {
    all: usize,
    each: HashMap<Who, usize>,
}

/// One open stream, until it is dropped.
pub(super) struct Place {
    places: Places,
    who: Who,
}

impl Places {
    pub(super) fn new(config: &Config, metrics: &Metrics) -> Self {
        let counter = |name, help| metrics.counter(Declaration::counter(name, &[], help));
        Self(Arc::new(Inner {
            most: config.max_streams,
            most_each: config.max_streams_per_principal,
            taken: Mutex::default(),
            open: metrics.gauge(Declaration::gauge("freeagentics_live_streams", &[], "Live streams that are open")),
            told: counter("freeagentics_live_events_total", "Events that were told to live streams"),
            gaps: counter("freeagentics_live_gaps_total", "Gaps: live streams that fell too far behind"),
        }))
    }

    /// A place for this principal, if there is one.
    pub(super) fn take(&self, principal: &Principal) -> Result<Place, Problem> {
        let Inner { most, most_each, open, .. } = &*self.0;
        let mut taken = self.lock();
        if taken.all >= *most {
            let told = Problem::new(&OVERLOADED).detail(format!("{most} live streams are open"));
            return Err(told.retry_after(COME_AGAIN));
        }
        let who = (principal.workspace, principal.id.clone());
        let own = taken.each.entry(who.clone()).or_default();
        if *own >= *most_each {
            let told = Problem::new(&TOO_MANY_STREAMS).detail(format!("{most_each} live streams of yours are open"));
            return Err(told.retry_after(COME_AGAIN));
        }
        *own += 1;
        taken.all += 1;
        open.inc();
        Ok(Place { places: self.clone(), who })
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Counts what was told here.
    pub(super) fn told(&self, events: usize, gaps: usize) {
        self.places.0.told.inc_by(events as u64);
        self.places.0.gaps.inc_by(gaps as u64);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(own) = taken.each.get_mut(&self.who) {
            *own -= 1;
            if *own == 0 {
                taken.each.remove(&self.who);
            }
        }
        self.places.0.open.dec();
    }
}

#[cfg(test)]
mod tests {
    use axiomcore::identity::{CameBy, Permissions, PrincipalKind};

    use super::*;

    fn principal(id: &str) -> Principal {
        let (kind, permissions, came_by) = (PrincipalKind::ApiKey, Permissions::Every, CameBy::Key);
        Principal {
            workspace: 1,
            id: id.into(),
            kind,
            permissions,
            must_enrol: false,
            session: None,
            key: None,
            came_by,
            expires_at: None,
        }
    }

    #[test]
    fn places_are_limited_in_all_and_for_each_and_free_again_when_they_are_left() {
        let config = Config { max_streams: 3, max_streams_per_principal: 2, ..Config::default() };
        let places = Places::new(&config, &Metrics::new());
        let code = |who: &str| places.take(&principal(who)).map_err(|problem| problem.code().code);
        let (first, second) = (code("a").unwrap(), code("a").unwrap());
        assert_eq!(code("a").err(), Some("too_many_streams"));
        let third = code("b").unwrap();
        assert_eq!(code("b").err(), Some("overloaded"));
        drop((first, third));
        assert!(code("a").is_ok() && code("b").is_ok());
        drop(second);
        assert_eq!(places.taken(), 0);
        assert!(places.lock().each.is_empty());
    }
}
