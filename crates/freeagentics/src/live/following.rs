//! Following agents: first what the log has, then what is committed, nothing lost and nothing twice.
//!
//! Whoever follows listens to the feed before it reads the log, so whatever is committed meanwhile waits there; events up
//! to the position have been told or passed over. If the feed has gone on too far meanwhile, the log is read again.

use std::sync::Arc;

use axiomcore::store::Result;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::target::Target;
use super::teller::{Teller, Telling};
use crate::log::{Published, history};

/// So many events are told at once.
const AT_ONCE: usize = 256;

/// Somebody who follows.
pub(super) struct Following {
    pub(super) teller: Teller,
    pub(super) workspace: i64,
    pub(super) target: Target,
    feed: Receiver<Arc<[Published]>>,
    /// Events up to here have been told, or are not for this one.
    pub(super) position: u64,
    pub(super) phase: Phase,
    /// A group of the feed that is being told, and how much of it has been. It stays here while anything is waited for,
    /// so that whoever stops waiting loses nothing.
    held: Option<(Arc<[Published]>, usize)>,
    /// Nothing follows: the one agent is gone.
    is_over: bool,
}

/// How far somebody has come.
#[derive(Debug)]
pub(super) enum Phase {
    /// Has to catch up, and has not looked how far yet.
    Behind,
    /// Is reading the log; for one agent the places of its events, newest first.
    CatchingUp(Option<Vec<u64>>),
    /// Is told what is committed.
    Live,
}

impl Following {
    /// Follows from an event on, or from now on.
    pub(super) async fn begin(teller: Teller, workspace: i64, target: Target, after: Option<u64>) -> Result<Self> {
        let feed = teller.log().feed().listen();
        let newest = teller.log().database().read(history::newest).await?;
        let phase = if after.is_some() { Phase::Behind } else { Phase::Live };
        let position = after.unwrap_or(newest);
        Ok(Self { teller, workspace, target, feed, position, phase, held: None, is_over: false })
    }

    /// Where to go on from: everything up to here was told.
    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// What happens next, which may be nothing yet. `None` when nothing can follow: the server ends, or the one agent is
    /// gone. May be dropped while it waits and asked again.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Telling>>> {
        if self.is_over {
            return Ok(None);
        }
        let told = match &self.phase {
            Phase::Behind => Some(self.look_back().await?),
            Phase::CatchingUp(_) => Some(self.catch_up().await?),
            Phase::Live => self.listen().await?,
        };
        let is_one = matches!(self.target, Target::Agent { .. });
        self.is_over = is_one && told.iter().flatten().any(|telling| telling.kind == "deleted");
        Ok(told)
    }

    async fn listen(&mut self) -> Result<Option<Vec<Telling>>> {
        if self.held.is_none() {
            match self.feed.recv().await {
                Ok(group) => self.held = Some((group, 0)),
                Err(RecvError::Lagged(_)) => {
                    self.phase = Phase::Behind;
                    return Ok(Some(Vec::new()));
                }
                Err(RecvError::Closed) => return Ok(None),
            }
        }
        let Some((group, from)) = self.held.clone() else { return Ok(Some(Vec::new())) };
        let rest = group.get(from..).unwrap_or_default();
        let candidates: Vec<&Published> = rest.iter().filter(|one| self.may_be_meant(one)).take(AT_ONCE).collect();
        let end = match candidates.last() {
            Some(last) if candidates.len() == AT_ONCE => group.partition_point(|other| other.seq <= last.seq),
            _ => group.len(),
        };
        let meant = self.target.meant(&self.teller, self.workspace, candidates).await?;
        let mut tellings = Vec::with_capacity(meant.len());
        for published in meant {
            tellings.extend(self.teller.tell(published).await);
        }
        if let Some(last) = end.checked_sub(1).and_then(|last| group.get(last)) {
            self.position = self.position.max(last.seq);
        }
        self.held = (end < group.len()).then_some((group, end));
        Ok(Some(tellings))
    }

    fn may_be_meant(&self, published: &Published) -> bool {
        let Published { seq, workspace, agent, .. } = published;
        *workspace == self.workspace && *seq > self.position && self.target.may_mean(*agent)
    }
}
