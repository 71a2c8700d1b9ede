//! Tickets on their way to people: letters, written here and sent by a program of the operators'.
//!
//! A letter is written in the transaction that makes its ticket, into a table, sealed: a copy of the database opens nobody's
//! mail. Whichever node finds it there first tries it, off the requests, and again with longer and longer pauses, also after
//! a restart; so it arrives at least once, with the same id each time, unless its ticket ends before. A letter that waits is
//! taken back when its ticket is used or replaced, so that there is one for each user at most.
//!
//! Only who says that they have forgotten their password waits in memory, until somebody has looked who that is.

mod config;
mod delivery;
mod letter;
mod metrics;
pub(super) mod store;
mod way;

pub use config::Config;
pub use letter::Kind;

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};

use letter::Letter;
use metrics::MailMetrics;
use way::Way;

use super::users::store::Place;
use super::workspaces::store as workspaces;
use super::{DEFAULT_WORKSPACE, Identity, Ticket, User};
use crate::clock::Clock;
use crate::entropy::Ids;
use crate::sealing::{SealedColumn, Sealer};
use crate::store::{Connection, Database, Error, Result};
use crate::telemetry::Metrics;

/// How many addresses wait to be looked up at most; who says that they have forgotten their password beyond that is told
/// the same and gets no letter.
const WISHES: usize = 256;

/// What mail keeps sealed.
pub const SEALED: &[SealedColumn] = &[SealedColumn {
    what: "letters that wait to be sent",
    table: "letters",
    id: "workspace || ' ' || user_id",
    column: "sealed",
    purpose: |id| format!("letter to {id}"),
}];

/// A letter is sealed for whom it is to, so that nobody puts one in another's place.
fn purpose(place: &Place) -> String {
    format!("letter to {} {}", place.workspace, place.id)
}

/// The mail. Clones are the same.
#[derive(Clone)]
pub struct Mail(Arc<Inner>);

/// What mail stands on.
#[derive(Clone)]
pub struct MailParts {
    /// Who is who.
    pub identity: Identity,
    /// Where letters wait.
    pub database: Database,
    /// What they wait under.
    pub sealer: Sealer,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where letters have their ids from.
    pub ids: Arc<Ids>,
    /// Where letters are counted.
    pub metrics: Metrics,
    /// What people call the service.
    pub service: &'static str,
}

/// Who says that they have forgotten their password.
pub(super) struct Forgotten {
    /// The name of their workspace; the default one without it.
    pub(super) workspace: Option<String>,
    pub(super) email: String,
}

struct Inner {
    parts: MailParts,
    config: Config,
    way: Way,
    metrics: MailMetrics,
    wishes: mpsc::Sender<Forgotten>,
    /// What the sending end takes from.
    waiting: Mutex<mpsc::Receiver<Forgotten>>,
}

impl Mail {
    /// Mail that nobody sends yet: [`run_until_stopped`](Self::run_until_stopped) does.
    pub fn new(config: Config, parts: MailParts) -> Self {
        let (wishes, waiting) = mpsc::channel(WISHES);
        let (way, metrics) = (Way::of(&config), MailMetrics::register(&parts.metrics));
        Self(Arc::new(Inner { parts, config, way, metrics, wishes, waiting: Mutex::new(waiting) }))
    }

    /// Whether letters can be sent at all.
    pub fn is_set_up(&self) -> bool {
        !matches!(self.0.way, Way::Nowhere)
    }

    /// Notes that whoever has this address in the workspace of this name, or in the default one, has forgotten their
    /// password. Who it is, if anybody, is looked up later.
    pub fn forgotten(&self, workspace: Option<String>, email: String) {
        if self.0.wishes.try_send(Forgotten { workspace, email }).is_err() {
            self.0.metrics.count(Kind::NewStart.name(), "refused");
            tracing::warn!("too many people have forgotten their passwords at once: some get no letter");
        }
    }

    /// Where somebody takes up this ticket, if the server knows under which address people reach it.
    pub(super) fn link(&self, ticket: &Ticket) -> Option<String> {
        self.0.config.public_url.as_deref().map(|url| letter::link(url, ticket))
    }

    /// What brings somebody the ticket that is made for them.
    pub(super) fn envelope(&self, kind: Kind) -> Envelope {
        Envelope(self.is_set_up().then(|| (self.clone(), kind)))
    }

    /// Writes a letter, in the transaction of its ticket. Says whether it is on its way: not if too many wait.
    fn write(
        &self,
        connection: &mut dyn Connection,
        kind: Kind,
        place: &Place,
        (user, ticket): (&User, &Ticket),
    ) -> Result<bool> {
        let Inner { parts, config, metrics, .. } = &*self.0;
        if store::count(connection)? >= config.waiting as u64 {
            metrics.count(kind.name(), "refused");
            tracing::error!(user = user.id, "too many letters wait: none was written to {}", user.id);
            return Ok(false);
        }
        let from = (parts.ids.next().to_string(), parts.service);
        let workspace = match place.workspace {
            DEFAULT_WORKSPACE => None,
            other => workspaces::find(connection, other)?.map(|found| found.name),
        };
        let letter = Letter::new(from, config.public_url.as_deref(), kind, workspace.as_deref(), (user, ticket));
        let sealed = parts.sealer.seal(&purpose(place), letter.body().as_bytes());
        let sealed = sealed.map_err(|error| Error::Failed(error.to_string()))?;
        store::put(connection, place, &letter, &sealed, (parts.clock.now(), ticket.expires_at))?;
        Ok(true)
    }
}

/// What becomes of a ticket besides being told: a letter, or nothing.
pub(super) struct Envelope(Option<(Mail, Kind)>);

impl Envelope {
    /// Nothing: whoever asked for the ticket hands it on.
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// Puts the letter on its way, in the transaction of its ticket. Says whether there is one.
    pub(super) fn post(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        user: &User,
        ticket: &Ticket,
    ) -> Result<bool> {
        match &self.0 {
            Some((mail, kind)) => mail.write(connection, *kind, place, (user, ticket)),
            None => Ok(false),
        }
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
