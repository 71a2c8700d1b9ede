//! The runtime: from a request to a decision on disk.
//!
//! A *shard* is a thread that owns the order of its agents: it takes what waits for it, computes it as a batch, and hands
//! the events to the one *committer*, which merges all shards into one transaction. Only when that is on disk are answers
//! given and the agents in memory moved on; if it fails, every waiter is told and the agents are forgotten, to be read
//! again. An agent has at most one event under way; what else is asked of it waits its turn.
//!
//! Agents in memory are *hot*: a small record each, within a bound. Others are *cold*: a *loader* reads their last event.
//! Steps of costly models are computed on a *heavy lane* of their own.

mod committer;
mod config;
mod create;
mod heavy;
mod hot;
mod loader;
mod metrics;
mod request;
mod shard;
mod stepping;
mod turn;
mod waiting;
mod window;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use axiomcore::clock::Clock;
use axiomcore::entropy::Entropy;
use axiomcore::telemetry::Metrics;
use tokio::sync::oneshot;

use crate::log::Log;
use crate::models::Library;

pub(crate) use config::Config;
pub(crate) use request::{Answer, Ask, Done, Guarded, Level, Observed, Refused, Request, StepAsk};

use committer::Committer;
use hot::Id;
use loader::Loader;
use metrics::RuntimeMetrics;
use shard::{Outlets, Shard};
use waiting::{Message, Ticket, Waiting};

/// Drives the agents of a server. Clones are the same.
#[derive(Clone)]
pub(crate) struct Runtime(Arc<Inner>);

/// What a runtime is made of.
#[derive(Clone)]
pub(crate) struct RuntimeParts {
    pub(crate) log: Log,
    pub(crate) library: Library,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) metrics: Metrics,
}

struct Inner {
    parts: RuntimeParts,
    config: Config,
    shards: Vec<Sender<Message>>,
    metrics: Arc<RuntimeMetrics>,
    /// How many requests wait.
    waiting: Arc<AtomicUsize>,
    stopping: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// How many cold agents are read at the same time, in batches.
const LOADERS: usize = 2;

/// How many costly steps wait for their lane.
const HEAVY_QUEUE: usize = 1_000;

/// How many requests of one list wait at the same time.
const AT_ONCE: usize = 1_024;

/// How often a stopping runtime looks whether anybody waits.
const LOOK: Duration = Duration::from_millis(5);

impl Runtime {
    /// Starts the threads.
    pub(crate) fn start(config: Config, parts: RuntimeParts) -> std::io::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let n_shards = if config.shards == 0 { (processors / 2).max(1) } else { config.shards };
        let metrics = Arc::new(RuntimeMetrics::register(&parts.metrics));
        let (shards, inboxes): (Vec<_>, Vec<_>) = (0..n_shards).map(|_| mpsc::channel()).unzip();
        let (proposals, proposed) = mpsc::channel();
        let (jobs, job_box) = mpsc::channel();
        let (loads, load_box) = mpsc::sync_channel(HEAVY_QUEUE);
        let mut threads = Threads::default();
        let (log, library, clock) = (parts.log.clone(), parts.library.clone(), parts.clock.clone());
        let committer =
            Committer { log: log.clone(), shards: shards.clone(), metrics: metrics.clone(), most: config.group };
        threads.spawn("committer", move || committer.run(&proposed))?;
        let job_box = Arc::new(Mutex::new(job_box));
        for number in 0..LOADERS {
            let loader = Loader { log: log.clone(), library: library.clone(), shards: shards.clone() };
            let job_box = job_box.clone();
            threads.spawn(&format!("loader-{number}"), move || loader.run(&job_box))?;
        }
        let (to_shards, lane_clock) = (shards.clone(), clock.clone());
        threads.spawn("heavy-lane", move || heavy::run(&load_box, &to_shards, lane_clock.as_ref()))?;
        let memory = usize::try_from(config.memory.bytes()).unwrap_or(usize::MAX) / n_shards;
        for (number, inbox) in inboxes.into_iter().enumerate() {
            let outlets = Outlets { committer: proposals.clone(), loader: jobs.clone(), heavy: loads.clone() };
            let (config, library, clock, metrics) = (config.clone(), library.clone(), clock.clone(), metrics.clone());
            let shard = Shard::new(shard::Parts { number, config, library, clock, metrics }, outlets, memory);
            threads.spawn(&format!("shard-{number}"), move || shard.run(&inbox))?;
        }
        let (waiting, stopping) = (Arc::default(), AtomicBool::new(false));
        RuntimeMetrics::bounds(&parts.metrics, &waiting, &config);
        Ok(Self(Arc::new(Inner { parts, config, shards, metrics, waiting, stopping, threads: Mutex::new(threads.0) })))
    }

    /// Asks one agent and waits for its answer: what it says is on disk.
    pub(crate) async fn ask(&self, request: Request) -> Answer {
        self.send(request).await.unwrap_or(Err(Refused::Stopping))
    }

    /// Asks many agents, and the same one in the order given.
    pub(crate) async fn ask_all(&self, requests: Vec<Request>) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(requests.len());
        let take = |answer| {
            answers.push(answer);
            true
        };
        self.ask_in_order(requests, AT_ONCE, take).await;
        answers
    }

    /// As [`ask_all`](Self::ask_all), each answer being taken as soon as those before it are there. At most `at_once` of
    /// them wait at the same time, so that a long list neither fills the queues by itself nor is refused because of its
    /// own length. When `take` has had enough, what has not been asked by then never is.
    pub(crate) async fn ask_in_order(
        &self,
        requests: Vec<Request>,
        at_once: usize,
        mut take: impl FnMut(Answer) -> bool,
    ) {
        let at_once = at_once.min(AT_ONCE).min(self.0.config.agent_queue).max(1);
        let mut sent: VecDeque<oneshot::Receiver<Answer>> = VecDeque::with_capacity(at_once);
        for request in requests {
            if sent.len() >= at_once
                && let Some(first) = sent.pop_front()
                && !take(first.await.unwrap_or(Err(Refused::Stopping)))
            {
                break;
            }
            sent.push_back(self.send(request));
        }
        for receiver in sent {
            take(receiver.await.unwrap_or(Err(Refused::Stopping)));
        }
    }

    /// Where the answer will be. A request is on its way when this returns, so order is that of the calls.
    fn send(&self, request: Request) -> oneshot::Receiver<Answer> {
        let Inner { config, shards, waiting, stopping, .. } = &*self.0;
        let (reply, answer) = oneshot::channel();
        let refuse = |reply: oneshot::Sender<Answer>, refused: Refused| {
            self.0.metrics.refused.with(&[refused.reason()]).inc();
            // Whoever asked may have gone.
            let _ = reply.send(Err(refused));
        };
        let Some(ticket) = Ticket::take(waiting, config.queue) else {
            refuse(reply, Refused::Overloaded);
            return answer;
        };
        let id = Id::of(request.principal.workspace, request.agent.as_str());
        let shard = shards.get(id.shard(shards.len())).filter(|_| !stopping.load(Ordering::Relaxed));
        match shard {
            // A shard that is gone drops the request, and with it the other end of the answer.
            Some(shard) => _ = shard.send(Message::Ask(Waiting::new(request, id, reply, ticket))),
            None => refuse(reply, Refused::Stopping),
        }
        answer
    }

    /// The settings it runs with.
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// How many agents are in memory, about.
    pub(crate) fn hot_agents(&self) -> u64 {
        self.0.metrics.hot.get() as u64
    }

    /// How many steps were decided since it started.
    pub(crate) fn steps(&self) -> u64 {
        self.0.metrics.steps.get()
    }

    /// The log that it writes.
    pub(crate) fn log(&self) -> &Log {
        &self.0.parts.log
    }

    /// Takes no more requests, ends those that wait, and stops the threads; blocks.
    pub(crate) fn stop(&self) {
        let Inner { parts, shards, waiting, stopping, threads, .. } = &*self.0;
        stopping.store(true, Ordering::Relaxed);
        while waiting.load(Ordering::Relaxed) > 0 {
            std::thread::sleep(LOOK);
        }
        for shard in shards {
            let _ = shard.send(Message::Stop);
        }
        for thread in std::mem::take(&mut *threads.lock().unwrap_or_else(PoisonError::into_inner)) {
            if thread.join().is_err() {
                tracing::error!("a thread of the runtime ended with a panic");
            }
        }
        if let Err(error) = parts.log.settle() {
            tracing::warn!(cause = %error, "the next start will have to read the end of the log: {error}");
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}

#[derive(Default)]
struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        self.0.push(Builder::new().name(name.to_owned()).spawn(work)?);
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod learners;
#[cfg(test)]
mod room;
#[cfg(test)]
mod story;
