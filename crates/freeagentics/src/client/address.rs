//! Where the server is, and who has signed in to it on this machine.

use std::path::PathBuf;
use std::sync::Arc;

use super::connection::set;
use super::{Client, Credential, Patience, believing};
use crate::exit::Failure;
use crate::session::{Held, Kept};
use crate::terminal::harmless;

/// Where a server listens that was not told otherwise.
const HERE: &str = "http://127.0.0.1:8080";

const URL: &str = "FREEAGENTICS_URL";
const CA: &str = "FREEAGENTICS_CA";

/// What every command that talks to a server takes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Address {
    /// The server; without it `FREEAGENTICS_URL`, or else `http://127.0.0.1:8080`.
    #[arg(long, global = true, value_name = "URL", help_heading = "Server")]
    server: Option<String>,
    /// A file with the authority of the server's certificate, in PEM; without it the file in `FREEAGENTICS_CA`, or else
    /// those that the system believes.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server")]
    ca: Option<PathBuf>,
}

impl Address {
    /// A client with this server that shows no key and asks once.
    pub(crate) fn stranger(&self) -> Result<Client, Failure> {
        self.open_with(|_| Ok(Credential::None), Patience::NONE)
    }

    /// The session of who has signed in on this machine, for what only people can do, whatever key there is.
    pub(crate) fn person(&self) -> Result<Client, Failure> {
        if let Some(client) = self.session()? {
            return Ok(client);
        }
        let stranger = self.stranger()?;
        let base = stranger.base();
        let (message, command) = self.nobody(base);
        Err(Failure::usage("not_signed_in", message, format!("sign in first: {command}")))
    }

    /// The session of who has signed in on this machine, whatever key there is; none if nobody has.
    pub(crate) fn session(&self) -> Result<Option<Client>, Failure> {
        let stranger = self.stranger()?;
        let Some(held) = Held::of(Kept::of(stranger.base())?)? else { return Ok(None) };
        self.open_with(|_| Ok(Credential::Session(Arc::new(held))), Patience::COMMAND).map(Some)
    }

    /// What to say of nobody being signed in, and the command that mends it: who was signed in is known by name.
    pub(super) fn nobody(&self, base: &str) -> (String, String) {
        let before = Kept::of(base).ok().and_then(|kept| kept.read().ok().flatten());
        let there = self.server.as_ref().map(|server| format!(" --server {}", harmless(server))).unwrap_or_default();
        match before {
            Some(session) => {
                let email = harmless(&session.email);
                let message = format!("{email} is signed out of {base}, or their session has ended");
                (message, format!("freeagentics sign-in {email}{there}"))
            }
            None => (format!("nobody is signed in to {base} here"), format!("freeagentics sign-in{there}")),
        }
    }

    /// A client with this server and a credential for it.
    pub(super) fn open_with(
        &self,
        credential: impl FnOnce(&str) -> Result<Credential, Failure>,
        patience: Patience,
    ) -> Result<Client, Failure> {
        let base = self.server.clone().or_else(|| set(URL)).unwrap_or_else(|| HERE.to_owned());
        let base = base.trim_end_matches('/').to_owned();
        let ca = self.ca.clone().or_else(|| set(CA).map(PathBuf::from));
        if base.starts_with("https://") {
            return Ok(Client::over(believing(ca.as_deref())?, &base, credential(&base)?, patience));
        }
        if !base.starts_with("http://") {
            let mend = "write it as https://HOST:PORT or http://HOST:PORT";
            return Err(Failure::usage("bad_server", format!("`{base}` is no address this program can talk to"), mend));
        }
        if self.ca.is_some() {
            let mend = "write the address with https://, or leave --ca away";
            return Err(Failure::usage("bad_server", format!("`{base}` is not protected, whatever --ca says"), mend));
        }
        Ok(Client::new(&base, credential(&base)?, patience))
    }
}
