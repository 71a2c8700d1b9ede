//! `freeagentics keys`: the API keys of a server.

pub(super) mod create;
mod list;
mod revoke;

use clap::Subcommand;

use super::asking::Question;
use crate::{
    client::Client,
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Makes, lists and revokes API keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a key that may no more than yours; it is shown once.
    Create(create::Args),
    /// List keys, the revoked ones too.
    List(list::Args),
    /// Revoke a key: it works no more from now on.
    Revoke(revoke::Args),
}

impl Question for Verb {
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        match self {
            Self::Create(args) => create::run(args, client, format, terminal),
            Self::List(args) => list::run(args, client, format, terminal),
            Self::Revoke(args) => revoke::run(args, client, format, terminal),
        }
    }
}
