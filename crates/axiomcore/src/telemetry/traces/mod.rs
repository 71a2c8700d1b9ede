//! Where the time of a request went: *spans*, sent to a collector as OTLP over HTTP.
//!
//! A trace begins with the caller, who names it in `traceparent` (W3C Trace Context) and decides whether it is recorded; for
//! requests of callers who say nothing, one in so many is. Spans are handed to a thread of their own through a queue with
//! an end: a collector that is slow or gone costs spans, never a request.

mod config;
mod encoding;
mod export;
mod parent;
mod span;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use config::Config;
pub use encoding::Sender;
pub(crate) use encoding::Value;
pub use parent::TraceId;
pub(crate) use span::Trace;
pub use span::Walk;

use export::{Outlet, SPANS};
use parent::Parent;

use super::Metrics;
use crate::clock::Clock;
use crate::entropy::Ids;

/// How long the end of the service waits for a collector.
const PATIENCE: Duration = Duration::from_secs(2);

/// Decides what is traced. Clones are the same.
#[derive(Clone)]
pub struct Traces(Option<Arc<Inner>>);

struct Inner {
    outlet: Outlet,
    ids: Arc<Ids>,
    clock: Arc<dyn Clock>,
    one_in: u64,
}

impl Traces {
    /// Nothing is traced.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Begins to send, if it is set up where to.
    ///
    /// # Errors
    /// If there is no thread for it.
    pub fn open(
        config: &Config,
        sender: Sender,
        ids: &Arc<Ids>,
        clock: Arc<dyn Clock>,
        metrics: &Metrics,
    ) -> std::io::Result<Self> {
        let spans = metrics.counters(SPANS);
        let Some(url) = config.url.clone() else { return Ok(Self(None)) };
        let outlet = Outlet::open(config, url, sender, ids.next().to_string(), &spans)?;
        Ok(Self(Some(Arc::new(Inner { outlet, ids: ids.clone(), clock, one_in: config.one_in.into() }))))
    }

    /// The trace that a request with these headers belongs to, and the trace itself if it is recorded.
    pub(crate) fn begin(&self, traceparent: Option<&str>) -> (Option<TraceId>, Option<Trace>) {
        let parent = traceparent.and_then(Parent::read);
        let Some(inner) = &self.0 else { return (parent.map(|parent| parent.trace), None) };
        let id = parent.map_or_else(|| TraceId(inner.ids.next().0), |parent| parent.trace);
        let recorded = parent.map_or_else(|| inner.is_chosen(id), |parent| parent.sampled);
        let begin = || Trace::begin(inner.outlet.clone(), &inner.ids, id, parent, inner.clock.now());
        (Some(id), recorded.then(begin))
    }

    /// Sends what waits, for the end; blocks, not for long.
    pub fn finish_blocking(&self) {
        if let Some(inner) = &self.0 {
            inner.outlet.flush_blocking(PATIENCE);
        }
    }
}

impl Inner {
    /// By the last bytes of the id, in which ids differ at random.
    fn is_chosen(&self, TraceId([.., a, b, c, d]): TraceId) -> bool {
        self.one_in > 0 && u64::from(u32::from_be_bytes([a, b, c, d])).is_multiple_of(self.one_in)
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Traces(on)" } else { "Traces(off)" })
    }
}
