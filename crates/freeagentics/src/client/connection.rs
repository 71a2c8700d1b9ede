//! What opens the server, from the command line, the environment and who has signed in.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axiomcore::config::Secret;
use axiomcore::config::SecretFileError;

use super::{Address, Client, Credential, Patience};
use crate::exit::Failure;
use crate::session::{Held, Kept};
use crate::terminal::{Format, Terminal, harmless};

const KEY: &str = "FREEAGENTICS_KEY";
const KEY_FILE: &str = "FREEAGENTICS_KEY_FILE";

/// What commands take that a key opens a server for, or a session.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Connection {
    #[command(flatten)]
    address: Address,
    /// A file with your API key; without it the file in `FREEAGENTICS_KEY_FILE`, or else the key in `FREEAGENTICS_KEY`, or
    /// else your session if you have signed in.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server")]
    key_file: Option<PathBuf>,
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
        let client = self.address.open_with(|base| self.credential(&by, base), Patience::COMMAND)?;
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

    fn credential(&self, by: &By, base: &str) -> Result<Credential, Failure> {
        let key = match by {
            By::File(file) | By::NamedFile(file) => Secret::from_file(file).map_err(|error| unusable(file, &error))?,
            By::Environment => Secret::new(set(KEY).unwrap_or_default()),
            By::Session => return self.of_session(base),
        };
        if key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Credential::Key(key));
        }
        let mend = "copy it again: it is one line of visible characters";
        Err(Failure::usage("bad_key", "the API key has blanks or characters that no key has", mend))
    }

    /// What opens a server for who has signed in to it here.
    fn of_session(&self, base: &str) -> Result<Credential, Failure> {
        // Where no session can be, there is none.
        let held = Kept::of(base).ok().map(Held::of).transpose()?.flatten();
        held.map(|held| Credential::Session(Arc::new(held))).ok_or_else(|| {
            let (message, command) = self.address.nobody(base);
            let mend = format!(
                "sign in, if you have a password: {command}; or put the key that the server printed at its first start into \
                 FREEAGENTICS_KEY, or into a file that only you can read, and name that with --key-file"
            );
            Failure::usage("no_key", format!("no API key, and {message}"), mend)
        })
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
pub(super) fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
