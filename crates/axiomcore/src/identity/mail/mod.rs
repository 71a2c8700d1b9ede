//! Tickets on their way to people: letters, written here and sent by a program of the operators'.
//!
//! Letters wait in memory, a bounded number of them, and are tried again with longer and longer pauses, off the requests
//! that they come from. What still waits when a node crashes is lost, and so is nothing but a letter: whoever misses it asks
//! again. A table of letters would be a table of tickets.

mod config;
mod letter;
mod metrics;
mod way;

pub use config::Config;
pub use letter::Kind;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio::task::spawn_blocking;

use letter::Letter;
use metrics::MailMetrics;
use way::Way;

use super::{Identity, Ticket, User};
use crate::clock::Clock;
use crate::entropy::Ids;
use crate::lifecycle::Stopping;
use crate::telemetry::Metrics;

/// How many addresses wait to be looked up at most; who says that they have forgotten their password beyond that is told
/// the same and gets no letter.
const WISHES: usize = 256;

/// The first pause before a letter is tried again; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_secs(1);

/// The mail. Clones are the same.
#[derive(Clone)]
pub struct Mail(Arc<Inner>);

/// What mail stands on.
#[derive(Clone)]
pub struct MailParts {
    /// Who is who.
    pub identity: Identity,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where letters have their ids from.
    pub ids: Arc<Ids>,
    /// Where letters are counted.
    pub metrics: Metrics,
    /// What people call the service.
    pub service: &'static str,
}

struct Inner {
    parts: MailParts,
    config: Config,
    way: Way,
    metrics: MailMetrics,
    letters: mpsc::Sender<Letter>,
    wishes: mpsc::Sender<String>,
    /// What the sending end takes from.
    waiting: Mutex<Waiting>,
}

struct Waiting {
    letters: mpsc::Receiver<Letter>,
    wishes: mpsc::Receiver<String>,
}

/// What comes next.
enum Next {
    Letter(Letter),
    Wish(String),
    Stop,
}

impl Mail {
    /// Mail that nobody sends yet: [`run_until_stopped`](Self::run_until_stopped) does.
    pub fn new(config: Config, parts: MailParts) -> Self {
        let (letters, waiting_letters) = mpsc::channel(config.waiting.max(1));
        let (wishes, waiting_wishes) = mpsc::channel(WISHES);
        let (way, metrics) = (Way::of(&config), MailMetrics::register(&parts.metrics));
        let waiting = Mutex::new(Waiting { letters: waiting_letters, wishes: waiting_wishes });
        Self(Arc::new(Inner { parts, config, way, metrics, letters, wishes, waiting }))
    }

    /// Whether letters can be sent at all.
    pub fn is_set_up(&self) -> bool {
        !matches!(self.0.way, Way::Nowhere)
    }

    /// Sends somebody their ticket, soon. Says whether it is on its way.
    pub fn send(&self, kind: Kind, user: &User, ticket: &Ticket) -> bool {
        if !self.is_set_up() {
            return false;
        }
        let Inner { parts, config, letters, metrics, .. } = &*self.0;
        let letter = Letter::new(parts.service, config.public_url.as_deref(), kind, user, ticket);
        let taken = letters.try_send(letter).is_ok();
        if !taken {
            metrics.count(kind.name(), "refused");
            tracing::error!(user = user.id, "too many letters wait: none was written to {}", user.id);
        }
        taken
    }

    /// Notes that whoever has this address has forgotten their password. Who it is, if anybody, is looked up later.
    pub fn forgotten(&self, email: String) {
        if self.0.wishes.try_send(email).is_err() {
            self.0.metrics.count(Kind::NewStart.name(), "refused");
            tracing::warn!("too many people have forgotten their passwords at once: some get no letter");
        }
    }

    /// Sends what comes, until a stop is asked for.
    pub async fn run_until_stopped(self, stopping: Stopping) {
        let mut waiting = self.0.waiting.lock().await;
        loop {
            let Waiting { letters, wishes } = &mut *waiting;
            let next = tokio::select! {
                biased;
                () = stopping.requested() => Next::Stop,
                Some(letter) = letters.recv() => Next::Letter(letter),
                Some(email) = wishes.recv() => Next::Wish(email),
            };
            match next {
                Next::Letter(letter) => self.deliver(letter, &stopping).await,
                Next::Wish(email) => self.grant(&email).await,
                Next::Stop => return,
            }
        }
    }

    /// Sends what still waits, each letter once: for the end.
    pub async fn finish(&self) {
        let mut waiting = self.0.waiting.lock().await;
        while let Ok(email) = waiting.wishes.try_recv() {
            self.grant(&email).await;
        }
        while let Ok(letter) = waiting.letters.try_recv() {
            let kind = letter.kind;
            let outcome = if self.post(letter).await.is_ok() { "sent" } else { "failed" };
            self.0.metrics.count(kind.name(), outcome);
        }
    }

    /// Writes to whoever has this address.
    async fn grant(&self, email: &str) {
        match self.0.parts.identity.forgotten(email).await {
            Ok(Some((user, ticket))) => _ = self.send(Kind::NewStart, &user, &ticket),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "nobody was given a new start: {error}"),
        }
    }

    /// Sends a letter, as often as it takes and may be tried.
    async fn deliver(&self, letter: Letter, stopping: &Stopping) {
        let (kind, user, mut letter, mut pause) = (letter.kind.name(), letter.user.clone(), letter, PAUSE);
        for left in (0..self.0.config.attempts).rev() {
            let (why, unsent) = match self.post(letter).await {
                Ok(()) => return self.0.metrics.count(kind, "sent"),
                Err(unsent) => unsent,
            };
            letter = unsent;
            let outcome = if left == 0 { "failed" } else { "again" };
            self.0.metrics.count(kind, outcome);
            tracing::warn!(user, left, why, "a letter to {user} was not sent: {why}");
            if left == 0 {
                return;
            }
            tokio::select! {
                // Once more without a pause, and then the end has waited long enough.
                () = stopping.requested() => pause = Duration::ZERO,
                () = tokio::time::sleep(pause) => pause *= 2,
            }
            if stopping.is_requested() {
                let outcome = if self.post(letter).await.is_ok() { "sent" } else { "failed" };
                return self.0.metrics.count(kind, outcome);
            }
        }
    }

    /// Tries a letter once; gives it back with the reason if it is not sent.
    async fn post(&self, letter: Letter) -> Result<(), (String, Letter)> {
        let (mail, id, now) = (self.clone(), self.0.parts.ids.next().to_string(), self.0.parts.clock.now());
        let sent = spawn_blocking(move || match mail.0.way.send(&letter, &id, now) {
            Ok(()) => Ok(()),
            Err(why) => Err((why, letter)),
        });
        sent.await.unwrap_or(Ok(()))
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail")
    }
}

impl fmt::Debug for MailParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailParts")
    }
}
