//! A request that is traced, and the parts of its walk.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::encoding::Value;
use super::export::Outlet;
use super::parent::{Parent, TraceId};
use crate::clock::Timestamp;
use crate::entropy::Ids;

/// Something that took time.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) trace: TraceId,
    pub(super) id: [u8; 8],
    pub(super) parent: Option<[u8; 8]>,
    pub(super) name: String,
    /// Whether it is what was asked of us, and not a part of that.
    pub(super) is_request: bool,
    pub(super) failed: bool,
    /// Nanoseconds since 1970.
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) attributes: Vec<(&'static str, Value)>,
}

/// A request that is traced. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Trace(Arc<Root>);

#[derive(Debug)]
struct Root {
    outlet: Outlet,
    ids: Arc<Ids>,
    trace: TraceId,
    id: [u8; 8],
    parent: Option<[u8; 8]>,
    /// Nanoseconds since 1970: all else is measured from here.
    at: u64,
    began: Instant,
}

impl Trace {
    pub(super) fn begin(
        outlet: Outlet,
        ids: &Arc<Ids>,
        trace: TraceId,
        parent: Option<Parent>,
        now: Timestamp,
    ) -> Self {
        let at = now.0.max(0).unsigned_abs().saturating_mul(1_000_000);
        let (id, parent) = (tail(ids), parent.map(|parent| parent.span));
        Self(Arc::new(Root { outlet, ids: ids.clone(), trace, id, parent, at, began: Instant::now() }))
    }

    /// Walks along with the request.
    pub(crate) fn walk(&self) -> Walk {
        Walk { trace: self.clone(), last: Instant::now() }
    }

    /// The request was answered.
    pub(crate) fn end(&self, name: String, failed: bool, attributes: Vec<(&'static str, Value)>) {
        let Root { trace, id, parent, at, began, outlet, .. } = &*self.0;
        let ended = at.saturating_add(nanos(began.elapsed()));
        let (trace, id, parent, began) = (*trace, *id, *parent, *at);
        outlet.send(Span { trace, id, parent, name, is_request: true, failed, began, ended, attributes });
    }
}

/// Notes the parts of a request's way, one after the other, each from where the one before it ended.
#[derive(Debug)]
pub struct Walk {
    trace: Trace,
    last: Instant,
}

impl Walk {
    /// What happened since the last time was this.
    pub fn lap(&mut self, name: &'static str) {
        let root = &*self.trace.0;
        let now = Instant::now();
        let since = |moment: Instant| root.at.saturating_add(nanos(moment.saturating_duration_since(root.began)));
        root.outlet.send(Span {
            trace: root.trace,
            id: tail(&root.ids),
            parent: Some(root.id),
            name: name.into(),
            is_request: false,
            failed: false,
            began: since(self.last),
            ended: since(now),
            attributes: Vec::new(),
        });
        self.last = now;
    }
}

/// Of an id, the part in which those of one node differ; it is never zero.
fn tail(ids: &Ids) -> [u8; 8] {
    let [.., a, b, c, d, e, f, g, h] = ids.next().0;
    [a, b, c, d, e, f, g, h]
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
