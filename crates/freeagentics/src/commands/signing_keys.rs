//! `freeagentics signing-keys`: the keys that access tokens are signed with.

use clap::Subcommand;
use serde_json::json;

use super::asking::{Question, done, text};
use crate::{
    client::{Call, Client},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Replaces them.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Sign access tokens with a new key; nobody is logged out. It happens by itself every so often.
    Rotate(RotateArgs),
}

/// Makes a new one.
#[derive(Debug, clap::Args)]
pub(crate) struct RotateArgs {
    /// For a key that has leaked: tokens that older keys have signed are worth nothing from now on. Sessions go on.
    #[arg(long)]
    at_once: bool,
}

impl Question for Verb {
    fn ask(&self, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        let Self::Rotate(RotateArgs { at_once }) = self;
        let rotated = client.ask(&Call::post("/signing-keys/rotate", &json!({ "at_once": at_once })))?;
        let (id, from) = (text(&rotated, "id"), text(&rotated, "active_from"));
        let line = match at_once {
            true => format!("{id} signs from now on; what older keys have signed is worth nothing"),
            false => format!("{id} signs from {from} on; until then it is only published"),
        };
        done(&rotated, &line, format, terminal)
    }
}
