//! `freeagentics account password` and `forgotten`.

use std::path::PathBuf;

use axiomcore::config::Secret;
use serde_json::json;

use crate::{
    client::{Call, Client},
    commands::asking::done,
    commands::secrets::{new_password, password},
    exit::{Exit, Failure},
    session::Kept,
    terminal::{Format, Terminal, harmless},
};

/// Changes it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file with your password of now; asked for at a terminal without it.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A file with the password to have from now on; asked for at a terminal without it.
    #[arg(long, value_name = "FILE")]
    new_password_file: Option<PathBuf>,
}

/// Says that one has forgotten it.
#[derive(Debug, clap::Args)]
pub(super) struct ForgottenArgs {
    /// The address that you sign in with.
    #[arg(value_name = "EMAIL")]
    email: String,
    /// The name of the workspace that you are in, if it is not the default one.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
}

pub(super) fn change(
    args: &Args,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let old = password(args.password_file.as_deref(), ("Your password, as it is now: ", "--password-file"), terminal)?;
    let new = new_password(args.new_password_file.as_deref(), "--new-password-file", terminal)?;
    // This device goes on being known; all others are forgotten.
    let device = Kept::of(client.base()).ok().and_then(|kept| kept.read().ok().flatten()?.device_token);
    let device = device.as_ref().map(Secret::expose);
    let body = json!({ "old": old.expose(), "new": new.expose(), "device_token": device });
    let asked = client.ask(&Call::post("/password", &body));
    let forgotten =
        "give the password that you sign in with now; if you have forgotten it: freeagentics account forgotten EMAIL";
    asked.map_err(|failure| failure.mended("password_wrong", forgotten))?;
    let line = "your password is changed; your other sessions have ended";
    done(&json!({ "server": client.base(), "changed": true }), line, format, terminal)
}

pub(super) fn forgotten(
    args: &ForgottenArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let ForgottenArgs { email, workspace } = args;
    // Whether there is such an address is not told.
    let asked = client.ask(&Call::post("/password/reset", &json!({ "email": email, "workspace": workspace })));
    asked.map_err(|failure| by_hand(failure, email))?;
    let line = format!("if somebody signs in with {} there, a letter is on its way to them", harmless(email));
    done(&json!({ "server": client.base(), "heard": true }), &line, format, terminal)
}

/// Where no mail brings a ticket an administrator does, unless the server says that nobody can.
fn by_hand(failure: Failure, email: &str) -> Failure {
    if failure.mend().is_some_and(|mend| mend.contains("mail.hook_url")) {
        return failure;
    }
    let email = harmless(email);
    let command = format!("freeagentics users ticket {email} --ticket");
    let mend = format!(
        "ask an administrator for a ticket ({command}), and choose a password with it: freeagentics account accept"
    );
    failure.mended("no_mail", mend)
}
