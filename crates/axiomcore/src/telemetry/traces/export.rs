//! Spans on their way to the collector, on a thread of their own: no request waits for it, and none fails because of it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use ureq::Agent;

use super::Config;
use super::encoding::{self, Sender};
use super::span::Span;
use crate::telemetry::{Counter, Counters, Declaration};
use crate::tls;

pub(super) const SPANS: Declaration = Declaration::counter(
    "trace_spans_total",
    &["outcome"],
    "Spans: `sent` to the collector, `refused` by it or it was not there, or `left_out` because too many waited",
);

/// So many spans are posted at once.
const BATCH: usize = 512;

/// A batch that is not full is posted after this time.
const PAUSE: Duration = Duration::from_secs(1);

/// Where spans are put.
#[derive(Clone, Debug)]
pub(super) struct Outlet {
    queue: SyncSender<Message>,
    left_out: Counter,
}

#[derive(Debug)]
enum Message {
    Span(Box<Span>),
    /// Whoever drops the other end wants to know that all before it was posted.
    Flush(SyncSender<()>),
}

impl Outlet {
    /// Starts the thread; it ends when the last outlet is gone.
    pub(super) fn open(
        config: &Config,
        url: String,
        sender: Sender,
        instance: String,
        spans: &Counters,
    ) -> std::io::Result<Self> {
        let (queue, messages) = sync_channel(config.waiting);
        let post = Post {
            agent: agent(config.timeout.duration()),
            url,
            sender,
            instance,
            sent: spans.with(&["sent"]),
            refused: spans.with(&["refused"]),
            is_down: false,
        };
        std::thread::Builder::new().name("traces".into()).spawn(move || post.run(&messages))?;
        Ok(Self { queue, left_out: spans.with(&["left_out"]) })
    }

    pub(super) fn send(&self, span: Span) {
        match self.queue.try_send(Message::Span(Box::new(span))) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => _ = self.left_out.inc(),
        }
    }

    /// Waits until what was put in so far was posted, not for ever; blocks.
    pub(super) fn flush_blocking(&self, patience: Duration) {
        let (done, is_done) = sync_channel(1);
        if self.queue.try_send(Message::Flush(done)).is_ok() {
            // Either way there is nothing more to do.
            let _ = is_done.recv_timeout(patience);
        }
    }
}

/// The operators' own address, never further.
fn agent(timeout: Duration) -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
    config.timeout_global(Some(timeout)).tls_config(tls::system()).build().new_agent()
}

struct Post {
    agent: Agent,
    url: String,
    sender: Sender,
    instance: String,
    sent: Counter,
    refused: Counter,
    is_down: bool,
}

impl Post {
    fn run(mut self, messages: &Receiver<Message>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            match messages.recv_timeout(PAUSE) {
                Ok(Message::Span(span)) => {
                    batch.push(*span);
                    if batch.len() < BATCH {
                        continue;
                    }
                    self.post(&mut batch);
                }
                Ok(Message::Flush(done)) => {
                    self.post(&mut batch);
                    // Whoever asked may have lost patience.
                    let _ = done.try_send(());
                }
                Err(RecvTimeoutError::Timeout) => self.post(&mut batch),
                Err(RecvTimeoutError::Disconnected) => return self.post(&mut batch),
            }
        }
    }

    /// Posts once: what a collector does not take is counted and forgotten.
    fn post(&mut self, batch: &mut Vec<Span>) {
        if batch.is_empty() {
            return;
        }
        let body = encoding::body(&self.sender, &self.instance, batch).to_string();
        let count = batch.len() as u64;
        batch.clear();
        let request = self.agent.post(&self.url).header("content-type", "application/json");
        let failure = match request.send(body) {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let outcome = if failure.is_none() { &self.sent } else { &self.refused };
        outcome.inc_by(count);
        // Once when it goes and once when it is back: a line for each batch would help nobody.
        match &failure {
            Some(why) if !self.is_down => tracing::warn!(cause = %why, "traces do not reach their collector: {why}"),
            None if self.is_down => tracing::info!("traces reach their collector again"),
            Some(_) | None => {}
        }
        self.is_down = failure.is_some();
    }
}
