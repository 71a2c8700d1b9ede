//! Where the server is and what opens it, from the command line, the environment and who has signed in.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axiomcore::config::Secret;
use axiomcore::config::SecretFileError;

use super::{Client, Credential, Patience, believing};
use crate::exit::Failure;
use crate::session::{Held, Kept};
use crate::terminal::{Format, Terminal, harmless};

/// Where a server listens that was not told otherwise.
const HERE: &str = "http://127.0.0.1:8080";

const URL: &str = "FREEAGENTICS_URL";
const CA: &str = "FREEAGENTICS_CA";
const KEY: &str = "FREEAGENTICS_KEY";
const KEY_FILE: &str = "FREEAGENTICS_KEY_FILE";

/// What every command that talks to a server takes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Connection {
    /// The server; without it `FREEAGENTICS_URL`, or else `http://127.0.0.1:8080`.
    #[arg(long, global = true, value_name = "URL", help_heading = "Server")]
    pub(crate) server: Option<String>,
    /// A file with the authority of the server's certificate, in PEM; without it the file in `FREEAGENTICS_CA`, or else
    /// those that the system believes.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server")]
    pub(crate) ca: Option<PathBuf>,
    /// A file with your API key; without it the file in `FREEAGENTICS_KEY_FILE`, or else the key in `FREEAGENTICS_KEY`, or
    /// else your session if you have signed in.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server")]
    pub(crate) key_file: Option<PathBuf>,
}

/// What a command comes by, as far as that was decided outside the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The key in a file that stands on the command line.
    File(PathBuf),
    /// The key in a file that the environment names.
    NamedFile(PathBuf),
    /// The key in the environment.
    Environment,
    /// The session of `sign-in`.
    Session,
}

impl Connection {
    /// A client with this server and what opens it. Says so where that is a key that stands before a session: whoever has signed
    /// in expects to be themselves.
    pub(crate) fn open(&self, format: Format, terminal: &mut Terminal<'_>) -> Result<Client, Failure> {
        let by = self.by();
        let client = self.open_with(|base| credential(&by, base), Patience::COMMAND)?;
        if format == Format::Text
            && let By::NamedFile(_) | By::Environment = &by
            && let Some(session) = Kept::of(client.base()).ok().and_then(|kept| kept.read().ok().flatten())
            && session.tokens.is_some()
        {
            let (name, email) = (by.name(), harmless(&session.email));
            writeln!(terminal.err, "note: {name} opens the server, not the session of {email}; unset it to be them")?;
        }
        Ok(client)
    }

    /// What opens the server.
    pub(crate) fn by(&self) -> By {
        match (&self.key_file, set(KEY_FILE), set(KEY)) {
            (Some(file), ..) => By::File(file.clone()),
            (None, Some(file), _) => By::NamedFile(file.into()),
            (None, None, Some(_)) => By::Environment,
            (None, None, None) => By::Session,
        }
    }

    /// A client with this server that shows no key and asks once.
    pub(crate) fn stranger(&self) -> Result<Client, Failure> {
        self.open_with(|_| Ok(Credential::None), Patience::NONE)
    }

    /// The session of who has signed in on this machine, for what only people can do, whatever key there is.
    pub(crate) fn person(&self) -> Result<Client, Failure> {
        let Some(client) = self.session()? else {
            let message = format!("nobody is signed in to {} here", self.stranger()?.base());
            return Err(Failure::usage("not_signed_in", message, "sign in first: freeagentics sign-in"));
        };
        Ok(client)
    }

    /// A client with the session of who has signed in on this machine, whatever key there is; none if nobody has.
    pub(crate) fn session(&self) -> Result<Option<Client>, Failure> {
        let stranger = self.stranger()?;
        let Some(held) = Held::of(Kept::of(stranger.base())?)? else { return Ok(None) };
        self.open_with(|_| Ok(Credential::Session(Arc::new(held))), Patience::COMMAND).map(Some)
    }

    fn open_with(
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

impl By {
    /// As one would say it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(file) => format!("the key in {}", harmless(&file.display().to_string())),
            Self::NamedFile(file) => {
                format!("the key in {}, which {KEY_FILE} names,", harmless(&file.display().to_string()))
            }
            Self::Environment => format!("the key in {KEY}"),
            Self::Session => "the session of sign-in".to_owned(),
        }
    }
}

fn credential(by: &By, base: &str) -> Result<Credential, Failure> {
    let key = match by {
        By::File(file) | By::NamedFile(file) => Secret::from_file(file).map_err(|error| unusable(file, &error))?,
        By::Environment => Secret::new(set(KEY).unwrap_or_default()),
        By::Session => return of_session(base),
    };
    if key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Credential::Key(key));
    }
    let mend = "copy it again: it is one line of visible characters";
    Err(Failure::usage("bad_key", "the API key has blanks or characters that no key has", mend))
}

/// What opens a server for who has signed in to it here.
fn of_session(base: &str) -> Result<Credential, Failure> {
    // Where no session can be, there is none.
    let held = Kept::of(base).ok().map(Held::of).transpose()?.flatten();
    held.map(|held| Credential::Session(Arc::new(held))).ok_or_else(|| no_key(base))
}

fn no_key(base: &str) -> Failure {
    let mend = "put the key that the server printed at its first start into FREEAGENTICS_KEY, or into a file that only you \
                can read, and name that with --key-file; or sign in, if you have a password: freeagentics sign-in";
    Failure::usage("no_key", format!("no API key, and nobody is signed in to {base} here"), mend)
}

fn unusable(file: &Path, error: &SecretFileError) -> Failure {
    let name = file.display().to_string();
    match error {
        SecretFileError::Unreadable(_, cause) => Failure::unreadable(&name, cause),
        SecretFileError::Public(_) => {
            let mend = format!("chmod 600 {name}, and have the key replaced if others were here");
            Failure::usage("public_key_file", format!("everybody on this machine can read {name}"), mend)
        }
        SecretFileError::Empty(_) => {
            Failure::usage("no_key", format!("{name} is empty"), "write the API key into it, and nothing else")
        }
    }
}

/// A variable of the environment that holds something.
fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
