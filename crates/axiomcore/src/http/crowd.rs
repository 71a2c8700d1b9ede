//! How many connections one address has, so that nobody takes all of them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::caller::Proxies;
use crate::limits::block;
use crate::telemetry::{Counter, Declaration, Metrics};

const REFUSED: Declaration = Declaration::counter(
    "http_connections_refused_total",
    &[],
    "Connections closed at once because their address had too many",
);

/// The connections of every address. Clones are the same.
#[derive(Clone)]
pub(super) struct Crowd {
    present: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    proxies: Proxies,
    most: usize,
    refused: Counter,
}

/// A connection's place among those of its address; given back when dropped. Proxies need none.
pub(super) struct Place(Option<(Crowd, IpAddr)>);

impl Crowd {
    pub(super) fn new(most: usize, proxies: &Proxies, metrics: &Metrics) -> Self {
        Self { present: Arc::default(), proxies: proxies.clone(), most, refused: metrics.counter(REFUSED) }
    }

    /// A place, if the address has not too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        if self.proxies.include(address) {
            return Some(Place(None));
        }
        let address = block(address);
        let mut present = self.lock();
        let n = present.entry(address).or_default();
        if *n >= self.most {
            self.refused.inc();
            return None;
        }
        *n += 1;
        Some(Place(Some((self.clone(), address))))
    }

    fn leave(&self, address: IpAddr) {
        let mut present = self.lock();
        if let Some(n) = present.get_mut(&address) {
            *n -= 1;
            if *n == 0 {
                present.remove(&address);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((crowd, address)) = self.0.take() {
            crowd.leave(address);
        }
    }
}
