//! Sending, from where it stopped.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::frame::frame;
use super::line::{Line, Protocol};
use super::{Target, lease};
use crate::audit::chain::Link;
use crate::audit::{entries_after, store};
use crate::clock::{Clock, Timestamp};
use crate::lifecycle::Stopping;
use crate::store::{Connection, Database, Error};
use crate::telemetry::{Counter, Gauge};

/// Between two looks at the chains.
const PAUSE: Duration = Duration::from_millis(500);

/// After a failure, at first; it doubles up to half a minute.
const WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long a connection has to hold after an entry for it to count as delivered.
const HELD: Duration = Duration::from_secs(5);

/// Entries that are read at once from a chain.
const PAGE: usize = 500;

/// Sends the record on.
pub(in crate::audit) struct Sender {
    target: Target,
    database: Database,
    clock: Arc<dyn Clock>,
    node: String,
    sent: Counter,
    connected: Gauge,
    line: Option<Line>,
    /// The last entry of each chain that was sent on this line, or delivered before.
    reached: BTreeMap<i64, u64>,
    /// What was sent on this line and does not count as delivered yet.
    unsettled: VecDeque<(Timestamp, i64, u64)>,
}

/// Why nothing is sent.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
enum Trouble {
    Store(#[from] Error),
    Receiver(#[from] io::Error),
    Entry(#[from] serde_json::Error),
}

impl Sender {
    pub(in crate::audit) fn new(
        target: Target,
        database: Database,
        clock: Arc<dyn Clock>,
        node: String,
        (sent, connected): (Counter, Gauge),
    ) -> Self {
        let (reached, unsettled) = (BTreeMap::new(), VecDeque::new());
        Self { target, database, clock, node, sent, connected, line: None, reached, unsettled }
    }

    /// Sends until a stop is asked for.
    pub(in crate::audit) async fn run_until_stopped(mut self, stopping: Stopping) {
        let mut wait = WAIT;
        loop {
            let turn = tokio::select! {
                () = stopping.requested() => break,
                turn = self.turn() => turn,
            };
            let pause = match turn {
                Ok(true) => Duration::ZERO,
                Ok(false) => PAUSE,
                Err(trouble) => {
                    if wait == WAIT {
                        let address = &self.target.address;
                        tracing::warn!(address, cause = %trouble, "the audit is not sent on to {address}: {trouble}");
                    }
                    self.hang_up();
                    wait = (wait * 2).min(LONGEST_WAIT);
                    wait
                }
            };
            if self.line.is_some() && wait != WAIT {
                tracing::info!("the audit is sent on again");
                wait = WAIT;
            }
            tokio::select! {
                () = stopping.requested() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        let node = self.node.clone();
        // Without it another node waits for the lease's end.
        let _ = self.database.write(move |connection| lease::release(connection, &node)).await;
    }

    /// What is there now, up to a page of each chain; says whether there is more.
    async fn turn(&mut self) -> Result<bool, Trouble> {
        let (node, now) = (self.node.clone(), self.clock.now());
        if !self.database.write(move |connection| lease::hold(connection, &node, now)).await? {
            self.hang_up();
            return Ok(false);
        }
        self.connect().await?;
        let mut is_more = false;
        for workspace in self.workspaces().await? {
            let after = self.reached.get(&workspace).copied().unwrap_or(0);
            let read = move |connection: &mut dyn Connection| entries_after(connection, workspace, after, PAGE);
            let links = self.database.read(read).await?;
            is_more |= links.len() == PAGE;
            for link in links {
                self.send(&link).await?;
            }
        }
        if let Some(line) = &mut self.line {
            line.settle().await?;
        }
        self.count_delivered().await?;
        Ok(is_more)
    }

    /// On a new line, everything that does not count as delivered is sent once more.
    async fn connect(&mut self) -> Result<(), Trouble> {
        if self.line.is_none() {
            let line = Line::open(&self.target).await?;
            self.reached = self.database.read(lease::delivered).await?.into_iter().collect();
            self.unsettled.clear();
            self.line = Some(line);
            self.connected.set(1.0);
        }
        Ok(())
    }

    fn hang_up(&mut self) {
        self.line = None;
        self.connected.set(0.0);
    }

    async fn workspaces(&self) -> Result<Vec<i64>, Error> {
        let heads = self.database.read(store::heads).await?;
        Ok(heads.into_iter().map(|(workspace, ..)| workspace).collect())
    }

    async fn send(&mut self, link: &Link) -> Result<(), Trouble> {
        let Target { format, product, protocol, .. } = self.target;
        let message = frame(link, format, product, protocol)?;
        let Some(line) = &mut self.line else { return Ok(()) };
        line.send(&message).await?;
        self.sent.inc();
        self.reached.insert(link.workspace, link.seq);
        self.unsettled.push_back((self.clock.now(), link.workspace, link.seq));
        Ok(())
    }

    /// What the line has outlived long enough counts; of datagrams, all of it.
    async fn count_delivered(&mut self) -> Result<(), Error> {
        let (now, is_stream) = (self.clock.now(), self.target.protocol != Protocol::Udp);
        let mut counts = BTreeMap::new();
        while let Some((_, workspace, seq)) =
            self.unsettled.pop_front_if(|(at, ..)| !is_stream || now.since(*at) >= HELD)
        {
            counts.insert(workspace, seq);
        }
        if counts.is_empty() {
            return Ok(());
        }
        let write = move |connection: &mut dyn Connection| {
            counts.iter().try_for_each(|(workspace, seq)| lease::deliver(connection, *workspace, *seq))
        };
        self.database.write(write).await
    }
}
