//! What is written to people.

use std::fmt;

use serde_json::{Value, json};

use crate::config::Secret;
use crate::identity::{Ticket, User};

/// Why somebody is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// They are invited.
    Invitation,
    /// They get a new start, from an administrator or because somebody said that they have forgotten their password.
    NewStart,
}

impl Kind {
    /// As letters and metrics tell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::NewStart => "new_start",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Invitation, Self::NewStart].into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a ticket is taken up. It stands behind a `#`, which browsers send nowhere.
pub(super) fn link(public_url: &str, ticket: &Ticket) -> String {
    format!("{public_url}/#ticket={}", ticket.text.expose())
}

/// One letter. It holds a ticket, so that it shows itself to nobody but whom it is posted to.
pub(super) struct Letter {
    /// The same however often it is tried.
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) user: String,
    body: Secret<String>,
}

impl Letter {
    /// A letter from `service`, with a link that begins with `public_url`. Who is in another workspace than the default one is
    /// told its name, which they sign in with.
    pub(super) fn new(
        (id, service): (String, &str),
        public_url: Option<&str>,
        kind: Kind,
        workspace: Option<&str>,
        (user, ticket): (&User, &Ticket),
    ) -> Self {
        let (text, until) = (ticket.text.expose(), ticket.expires_at);
        let link = public_url.map(|url| link(url, ticket));
        let subject = match kind {
            Kind::Invitation => format!("Your invitation to {service}"),
            Kind::NewStart => format!("A new password for {service}"),
        };
        let place = workspace.map_or_else(|| service.to_owned(), |name| format!("{service}, in the workspace {name}"));
        let begin = match kind {
            Kind::Invitation => format!("You are invited to {place}."),
            Kind::NewStart => format!("Somebody asked for a new password of yours at {place}."),
        };
        let how = link.as_ref().map_or_else(
            || format!("Choose a password with this ticket: {text}"),
            |link| format!("Choose a password here: {link}"),
        );
        let end = "If you did not expect this, leave it: nothing happens then.";
        let body = format!("Hello {},\n\n{begin} {how}\n\nIt works once, until {until}. {end}\n", user.name);
        let written: Value = json!({
            "kind": kind.name(), "to": user.email, "name": user.name, "subject": subject, "text": body, "link": link,
            "workspace": workspace,
        });
        Self { id, kind, user: user.id.clone(), body: Secret::new(written.to_string()) }
    }

    /// One that has waited.
    pub(super) const fn again(id: String, kind: Kind, user: String, body: Secret<String>) -> Self {
        Self { id, kind, user, body }
    }

    /// As it is posted.
    pub(super) fn body(&self) -> &str {
        self.body.expose()
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({} to {})", self.kind.name(), self.user)
    }
}
