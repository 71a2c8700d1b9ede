//! `freeagentics users roles`, `disable` and `enable`.

use serde_json::{Value, json};

use super::{id_of, show};
use crate::{
    client::{Call, Client, segment},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Changes somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user's id or address.
    #[arg(value_name = "USER")]
    user: String,
}

/// Gives somebody other roles.
#[derive(Debug, clap::Args)]
pub(crate) struct RolesArgs {
    /// The user's id or address.
    #[arg(value_name = "USER")]
    user: String,
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
    let id = id_of(client, &args.user)?;
    let call = Call::put(format!("/users/{}/roles", segment(&id)), &json!({ "roles": args.roles }));
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
    let id = id_of(client, &args.user)?;
    let call = Call::post(format!("/users/{}/{verb}", segment(&id)), &Value::Null);
    show(&client.ask(&call)?, format, terminal)
}
