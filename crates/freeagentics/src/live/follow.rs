//! One reader's place in the log.

use std::collections::VecDeque;
use std::sync::Arc;

use axiomcore::lifecycle::Stopping;
use axiomcore::store::{Connection, Result};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::spawn_blocking;

use super::selector::{Members, Selector, look_up};
use super::told::{self, Line};
use crate::agents;
use crate::log::{Log, Published, Told, history};
use crate::models::Library;

/// Follows the log from a place on.
pub(crate) struct Follower {
    log: Log,
    library: Library,
    stopping: Stopping,
    workspace: i64,
    selector: Selector,
    members: Members,
    feed: Receiver<Arc<[Published]>>,
    /// The last event that was looked at.
    seen: u64,
    /// Whether there may be events after `seen` that the feed will not bring.
    behind: bool,
    /// How many events it may be behind.
    most: u64,
    /// What the feed brought and has not been told yet.
    pending: Option<Arc<[Published]>>,
    ready: VecDeque<Item>,
}

/// What a reader gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// Something happened.
    Event(Line),
    /// The reader was too far behind: events after the first number, up to the second, are not told.
    Gap(u64, u64),
}

/// An event, wherever it was read.
struct Happened {
    seq: u64,
    agent: i64,
    revision: u64,
    /// What the feed knows; the log has only the key.
    name: Option<Arc<str>>,
    body: Vec<u8>,
}

/// Events that are read from the log at once.
const PAGE: usize = 1_000;

/// What a follower works with.
pub(crate) struct Ground {
    pub(crate) log: Log,
    pub(crate) library: Library,
    pub(crate) stopping: Stopping,
    /// How many events it may be behind.
    pub(crate) most: u64,
}

impl Follower {
    /// From the event after `after` on; without it, from now on.
    pub(crate) async fn start(ground: Ground, workspace: i64, selector: Selector, after: Option<u64>) -> Result<Self> {
        let Ground { log, library, stopping, most } = ground;
        // Listening begins first: what is committed from here on is either in the log when that is read, or in the feed.
        let feed = log.feed().listen();
        let last = log.database().read(history::last).await?;
        let (seen, behind) = (after.unwrap_or(last).min(last), after.is_some_and(|after| after < last));
        let (members, ready) = (Members::default(), VecDeque::new());
        let pending = None;
        Ok(Self { log, library, stopping, workspace, selector, members, feed, seen, behind, most, pending, ready })
    }

    /// What comes next; `None` when the server stops. Nothing is lost if this is dropped while it waits.
    pub(crate) async fn next(&mut self) -> Result<Option<Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            if let Some(group) = self.pending.clone() {
                self.take(&group).await?;
                self.pending = None;
                continue;
            }
            let received = tokio::select! {
                () = self.stopping.requested() => return Ok(None),
                received = self.feed.recv() => received,
            };
            match received {
                Ok(group) => self.pending = Some(group),
                // A slow reader missed groups of the feed: the log still has them.
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    async fn take(&mut self, group: &[Published]) -> Result<()> {
        let (seen, workspace) = (self.seen, self.workspace);
        let fresh = group.iter().filter(|event| event.seq > seen && event.workspace == workspace);
        let happened = fresh.map(|event| Happened {
            seq: event.seq,
            agent: event.agent,
            revision: event.revision,
            name: Some(event.name.clone()),
            body: event.body.to_vec(),
        });
        let happened = happened.collect();
        let last = group.last().map_or(seen, |event| event.seq.max(seen));
        self.tell(happened).await?;
        self.seen = last;
        Ok(())
    }

    /// Reads one page of the log.
    async fn catch_up(&mut self) -> Result<()> {
        let (seen, workspace) = (self.seen, self.workspace);
        let read = move |connection: &mut dyn Connection| {
            let last = history::last(connection)?;
            Ok((last, history::after(connection, seen, PAGE)?))
        };
        let (last, page) = self.log.database().read(read).await?;
        if last.saturating_sub(seen) > self.most {
            self.seen = last;
            self.ready.push_back(Item::Gap(seen, last));
            return Ok(());
        }
        let Some(end) = page.last().map(|event| event.seq) else {
            self.behind = false;
            return Ok(());
        };
        let ours = page.into_iter().filter(|event| event.workspace == workspace);
        let happened = ours.map(|event| Happened {
            seq: event.seq,
            agent: event.agent,
            revision: event.revision,
            name: None,
            body: event.bytes,
        });
        let happened = happened.collect();
        self.tell(happened).await?;
        self.seen = end;
        Ok(())
    }

    /// Puts those that are meant into the queue. Looks up what is not known, off the threads that serve.
    async fn tell(&mut self, happened: Vec<Happened>) -> Result<()> {
        let unknown = happened.iter().filter(|one| self.is_meant(one).is_none()).map(|one| (one.agent, one.revision));
        let unknown: Vec<(i64, u64)> = unknown.collect();
        let workspace = self.workspace;
        if let (false, Selector::Labels(labels)) = (unknown.is_empty(), &self.selector) {
            let labels = labels.clone();
            let read = move |connection: &mut dyn Connection| look_up(connection, workspace, &labels, &unknown);
            self.members.learn(self.log.database().read(read).await?);
        }
        let meant: Vec<Happened> = happened.into_iter().filter(|one| self.is_meant(one) == Some(true)).collect();
        if meant.is_empty() {
            return Ok(());
        }
        let (log, library) = (self.log.clone(), self.library.clone());
        let lines = spawn_blocking(move || lines(&log, &library, workspace, meant)).await;
        let lines = lines.map_err(|error| axiomcore::store::Error::Failed(error.to_string()))??;
        self.ready.extend(lines.into_iter().map(Item::Event));
        Ok(())
    }

    fn is_meant(&self, one: &Happened) -> Option<bool> {
        self.members.is_meant(&self.selector, one.agent, one.revision)
    }
}

fn lines(log: &Log, library: &Library, workspace: i64, meant: Vec<Happened>) -> Result<Vec<Line>> {
    let mut lines = Vec::with_capacity(meant.len());
    for Happened { seq, agent, revision, name, body } in meant {
        let told = Told::decode(&body);
        let told = told.map_err(|error| axiomcore::store::Error::Corrupt(format!("event {seq}: {error}")))?;
        let name = match name {
            Some(name) => name,
            None => {
                let find = |connection: &mut dyn Connection| agents::store::find_by_key(connection, workspace, agent);
                let stored = log.database().read_blocking(find)?;
                stored.map(|stored| stored.name).unwrap_or_default().into()
            }
        };
        lines.push(told::line(library, workspace, seq, (&name, revision), &told)?);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use axiomcore::lifecycle::StopSwitch;
    use serde_json::Value;

    use super::*;
    use crate::agents::Labels;
    use crate::runtime::bench::{Bench, check, on_both};
    use crate::runtime::{Ask, Config};

    async fn follow(bench: &Bench, stopping: &Stopping, selector: Selector, after: Option<u64>) -> Follower {
        let (log, library, stopping) = (bench.log.clone(), bench.library.clone(), stopping.clone());
        Follower::start(Ground { log, library, stopping, most: 50 }, 1, selector, after).await.unwrap()
    }

    async fn steps(follower: &mut Follower, n: usize) -> Vec<(String, u64)> {
        let mut told = Vec::new();
        while told.len() < n {
            let Some(Item::Event(line)) = follower.next().await.unwrap() else { panic!("an event") };
            let data: Value = serde_json::from_str(&line.data).unwrap();
            assert_eq!(data["seq"], line.seq);
            told.push((data["agent"].as_str().unwrap().to_owned(), data["revision"].as_u64().unwrap()));
        }
        told
    }

    #[test]
    fn a_reader_that_comes_back_gets_every_event_once_and_in_order() {
        on_both(|open| {
            let bench = Bench::open(open(), Config::default());
            bench.create(&["a", "b"], bench.model("watchdog"));
            let threads = tokio::runtime::Runtime::new().unwrap();
            let (switch, stopping) = StopSwitch::new();
            threads.block_on(async {
                let labels = Selector::Labels(Labels::select(["team=a"]).unwrap());
                let mut live = follow(&bench, &stopping, labels.clone(), None).await;
                for _ in 0..10 {
                    let asks = ["a", "b"].map(|name| bench.step(name, check(40)));
                    assert!(bench.runtime.ask_all(asks.into()).await.iter().all(|answer| answer.is_ok()));
                }
                bench.runtime.ask(bench.request("a", Ask::Reset)).await.unwrap();
                let heard = steps(&mut live, 21).await;
                assert_eq!(heard.last().unwrap(), &("a".to_owned(), 12));
                let mut again = follow(&bench, &stopping, labels, Some(2)).await;
                assert_eq!(steps(&mut again, 21).await, heard);
                let mut one = follow(&bench, &stopping, Selector::Agent(2), Some(0)).await;
                let ones: Vec<u64> = steps(&mut one, 11).await.into_iter().map(|(_, revision)| revision).collect();
                assert_eq!(ones, (1..=11).collect::<Vec<_>>());
                switch.stop();
                assert_eq!(again.next().await.unwrap(), None, "a stream ends with the server");
            });
            bench.runtime.stop();
        });
    }

    #[test]
    fn a_reader_that_is_too_far_behind_is_told_what_it_missed() {
        on_both(|open| {
            let bench = Bench::open(open(), Config::default());
            bench.create(&["a"], bench.model("watchdog"));
            let answers = bench.ask_all((0..60).map(|_| bench.step("a", check(40))).collect());
            assert!(answers.iter().all(|answer| answer.is_ok()));
            let (_switch, stopping) = StopSwitch::new();
            let threads = tokio::runtime::Runtime::new().unwrap();
            threads.block_on(async {
                let mut late = follow(&bench, &stopping, Selector::Agent(1), Some(0)).await;
                assert_eq!(late.next().await.unwrap(), Some(Item::Gap(0, 61)));
                bench.runtime.ask(bench.step("a", check(40))).await.unwrap();
                assert_eq!(steps(&mut late, 1).await, [("a".to_owned(), 62)]);
            });
            bench.runtime.stop();
        });
    }
}
