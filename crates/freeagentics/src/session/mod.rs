//! A person's session on this machine: `sign-in` begins it, commands that are given no key show its access token, `sign-out`
//! ends it.
//!
//! It lies in a file for each server, in the folder for settings of whoever is at the machine and for nobody else to read.
//! Its refresh token is good once, and showing one a second time ends the session, because then two have it. So whoever
//! takes new tokens holds the file's lock from reading the old one to writing the next one, and who comes second finds
//! that it is done.

mod file;
mod held;

pub(crate) use file::{Kept, Unkept};
pub(crate) use held::Held;

use axiomcore::clock::Timestamp;
use axiomcore::config::Secret;
use serde_json::{Map, Value, json};

/// What is kept of somebody's session with a server.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The server's address, as it was given.
    pub(crate) server: String,
    /// Who they are.
    pub(crate) email: String,
    /// What they come in by; none when they have signed out.
    pub(crate) tokens: Option<Tokens>,
    /// By which this device is known at the next sign-in. It opens nothing, and stays.
    pub(crate) device_token: Option<Secret<String>>,
}

/// What a session comes in by.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    /// What is shown with each request.
    pub(crate) access: Secret<String>,
    /// Until when, by the clock of this machine.
    pub(crate) until: Timestamp,
    /// What new ones are given for, once.
    pub(crate) refresh: Secret<String>,
}

impl Tokens {
    /// Those of an answer that came at this moment.
    pub(crate) fn of(answer: &Value, now: Timestamp) -> Option<Self> {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(|text| Secret::new(text.to_owned()));
        let seconds = answer.get("expires_in").and_then(Value::as_u64)?;
        let until = now.plus(std::time::Duration::from_secs(seconds));
        Some(Self { access: text("access_token")?, until, refresh: text("refresh_token")? })
    }
}

impl Session {
    /// As it lies in its file.
    fn document(&self) -> Value {
        let mut document = json!({ "server": self.server, "email": self.email });
        if let Some(token) = &self.device_token {
            document["device_token"] = token.expose().as_str().into();
        }
        if let Some(Tokens { access, until, refresh }) = &self.tokens {
            document["access_token"] = access.expose().as_str().into();
            document["expires_at"] = until.0.into();
            document["refresh_token"] = refresh.expose().as_str().into();
        }
        document
    }

    /// What such a document says.
    fn read(document: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        let secret = |name: &str| text(name).map(Secret::new);
        let until = document.get("expires_at").and_then(Value::as_i64).map(Timestamp);
        let tokens = match (secret("access_token"), until, secret("refresh_token")) {
            (Some(access), Some(until), Some(refresh)) => Some(Tokens { access, until, refresh }),
            _ => None,
        };
        Some(Self { server: text("server")?, email: text("email")?, tokens, device_token: secret("device_token") })
    }
}
