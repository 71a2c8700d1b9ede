//! `freeagentics users roles`, `disable` and `enable`.

use serde_json::{Value, json};

use super::show;
use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Changes somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user's id.
    #[arg(value_name = "USER")]
    id: String,
}

/// Gives somebody other roles.
#[derive(Debug, clap::Args)]
pub(crate) struct RolesArgs {
    /// The user's id.
    #[arg(value_name = "USER")]
    id: String,
    /// The roles that they have from now on; none to take all away.
    #[arg(value_name = "ROLE")]
    roles: Vec<String>,
}

pub(super) fn roles(
    args: &RolesArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let call = Call::put(format!("/users/{}/roles", segment(&args.id)), &json!({ "roles": args.roles }));
    show(&client.ask(&call)?, format, terminal)
}

pub(super) fn disable(
    args: &Args,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    change(args, "disable", client, format, terminal)
}

pub(super) fn enable(
    args: &Args,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    change(args, "enable", client, format, terminal)
}

fn change(
    args: &Args,
    verb: &str,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let call = Call::post(format!("/users/{}/{verb}", segment(&args.id)), &Value::Null);
    show(&client.ask(&call)?, format, terminal)
}
