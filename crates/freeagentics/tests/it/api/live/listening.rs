//! A listener to server-sent events.

use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::api::Client;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// An event, or a sign of life without one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<u64>,
    pub(crate) kind: String,
    /// Null for a sign of life.
    pub(crate) data: Value,
}

/// A stream, read in the background as it comes.
pub(crate) struct Events(Receiver<Event>);

impl Events {
    #[track_caller]
    pub(crate) fn open(client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        let (status, reader) = client.stream(path, headers);
        assert_eq!(status, 200, "{path}");
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let mut event = Event::default();
            for line in BufReader::new(reader).lines() {
                let Ok(line) = line else { return };
                match line.split_once(": ") {
                    Some(("id", id)) => event.id = Some(id.parse().unwrap()),
                    Some(("event", kind)) => kind.clone_into(&mut event.kind),
                    Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                    // Whoever listened may have left; then the rest is nobody's.
                    _ if line.is_empty() && event != Event::default() => _ = sender.send(std::mem::take(&mut event)),
                    _ => {}
                }
            }
        });
        Self(receiver)
    }

    /// The next event; nothing at the end of the stream.
    pub(crate) fn next(&self) -> Option<Event> {
        loop {
            match self.any() {
                Some(event) if event.data.is_null() => {}
                other => return other,
            }
        }
    }

    /// The next event or sign of life; nothing at the end of the stream.
    pub(crate) fn any(&self) -> Option<Event> {
        match self.0.recv_timeout(PATIENCE) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("nothing came"),
        }
    }

    /// What has come already, which is passed over.
    pub(crate) fn pass_over(&self) {
        while self.0.try_recv().is_ok() {}
    }

    /// Whether it ends soon: well before the client itself would give up.
    pub(crate) fn ends(&self) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.0.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Disconnected) {
                return true;
            }
        }
        false
    }

    /// So many of the next events.
    pub(crate) fn take(&self, n: usize) -> Vec<Event> {
        (0..n).map(|n| self.next().unwrap_or_else(|| panic!("the stream ended after {n} events"))).collect()
    }

    /// Whether nothing comes for a moment.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self.0.recv_timeout(Duration::from_millis(300)), Err(RecvTimeoutError::Timeout))
    }
}
