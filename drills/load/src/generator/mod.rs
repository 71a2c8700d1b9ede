//! Load that is honest about latency.
//!
//! In an *open loop* requests are due at times that are drawn beforehand (a Poisson process of the wanted rate), as from
//! many independent clients: whether earlier ones have been answered makes no difference to them. Latency counts from
//! the time that a request was due, so a request that found no free connection has waited, and one that is never
//! answered counts as long as was waited for it. In a *closed loop* each connection asks again once it is answered:
//! that finds how much can be done, and its latencies say little.
//!
//! One thread drives all connections; its own work is load on the machine and is told beside the server's.

mod closed;
mod connection;
mod latency;
mod open;
mod timer;

pub(crate) use connection::Connection;
pub(crate) use latency::{Latency, Percentiles};

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use harness::{Result, clock};
use serde::Serialize;
use tokio::task::JoinHandle;

/// What is asked, and what is made of answers.
pub(crate) trait Work {
    /// Writes the next request; `ticket` takes what is needed when the answer comes.
    fn ask(&mut self, request: &mut Vec<u8>, ticket: &mut Vec<u32>);

    /// Takes an answer. Returns how many steps (or whatever is counted) were done; adds to `errors` those that were not.
    fn answered(&mut self, ticket: &[u32], status: u16, body: &[u8], errors: &mut Errors) -> u64;
}

/// What went wrong how often, by status.
pub(crate) type Errors = BTreeMap<String, u64>;

/// How the load is put on.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Load {
    /// Requests per second, in an open loop; without it the loop is closed.
    pub(crate) rate: Option<f64>,
    pub(crate) connections: usize,
    /// Before anything is counted.
    pub(crate) warm_up: Duration,
    pub(crate) duration: Duration,
    pub(crate) seed: u64,
}

impl Load {
    /// In a few words.
    pub(crate) fn told(&self) -> String {
        let how = self.rate.map_or_else(|| "closed".to_owned(), |rate| format!("open at {rate:.0}/s"));
        format!("{how}, {} connections", self.connections)
    }
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) load: Load,
    pub(crate) seconds: f64,
    pub(crate) requests: u64,
    pub(crate) steps: u64,
    pub(crate) requests_per_second: f64,
    pub(crate) steps_per_second: f64,
    pub(crate) errors: Errors,
    /// In an open loop, from when a request was due; in a closed one, from when it was sent.
    pub(crate) latency: Percentiles,
    /// In an open loop: requests that were due and not answered when the drill gave up waiting.
    pub(crate) given_up: u64,
}

/// What is counted while load is on.
struct Counts {
    latency: Latency,
    requests: u64,
    steps: u64,
    errors: Errors,
    given_up: u64,
}

/// Puts load on a server, from this thread.
pub(crate) fn run(address: SocketAddr, load: Load, work: Rc<RefCell<dyn Work>>) -> Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tasks = tokio::task::LocalSet::new();
    let counts = Rc::new(RefCell::new(Counts::new()?));
    tasks.block_on(&runtime, async {
        match load.rate {
            Some(rate) => open::run(address, load, rate, work, counts.clone()).await,
            None => closed::run(address, load, work, counts.clone()).await,
        }
    })?;
    let counts = counts.borrow();
    let seconds = load.duration.as_secs_f64();
    Ok(Measured {
        load,
        seconds,
        requests: counts.requests,
        steps: counts.steps,
        requests_per_second: counts.requests as f64 / seconds,
        steps_per_second: counts.steps as f64 / seconds,
        errors: counts.errors.clone(),
        latency: counts.latency.percentiles(),
        given_up: counts.given_up,
    })
}

impl Counts {
    fn new() -> Result<Self> {
        Ok(Self { latency: Latency::new()?, requests: 0, steps: 0, errors: Errors::new(), given_up: 0 })
    }
}

/// Longer than the server lets any request take.
const HANGING: Duration = Duration::from_secs(60);

/// Waits for all connections, which end once they are told to.
async fn all(asking: Vec<JoinHandle<Result<()>>>) -> Result<()> {
    for task in asking {
        let ended = tokio::time::timeout(HANGING, task).await;
        ended.map_err(|_| "a request has not been answered for a minute: the server hangs")???;
    }
    Ok(())
}

/// When counting begins and ends.
#[derive(Clone, Copy)]
struct Window {
    begin: std::time::Instant,
    end: std::time::Instant,
}

impl Window {
    fn of(load: Load) -> Self {
        let begin = clock::now() + load.warm_up;
        Self { begin, end: begin + load.duration }
    }

    fn contains(&self, time: std::time::Instant) -> bool {
        self.begin <= time && time < self.end
    }
}
