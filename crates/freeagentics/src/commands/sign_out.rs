//! `freeagentics sign-out`.

use serde_json::{Value, json};

use super::asking::done;
use crate::{
    client::{Address, Call, Trouble},
    exit::{Exit, Failure},
    session::{Kept, Session},
    terminal::{Format, Terminal, harmless},
};

/// Ends the session that `sign-in` began, on the server and here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Forget it here even if the server cannot be told; there it ends when it is not used for long.
    #[arg(long)]
    forget: bool,
    #[command(flatten)]
    address: Address,
}

pub(crate) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let stranger = args.address.stranger()?;
    let server = stranger.base();
    let Some(client) = args.address.session()? else {
        let line = format!("nobody is signed in to {server} here");
        return done(&json!({ "server": server, "signed_out": false }), &line, format, terminal);
    };
    let is_told = match client.send(&Call::post("/sign-out", &Value::Null)) {
        Ok(_) | Err(Trouble::SignedOut(_)) => true,
        Err(Trouble::Refused(refusal)) if refusal.status == 401 => true,
        Err(_) if args.forget => false,
        Err(trouble) => return Err(trouble.into_failure(server)),
    };
    let email = Kept::of(server)?.change(|session| Session { tokens: None, ..session })?.unwrap_or_default();
    let email = harmless(&email);
    let line = if is_told {
        format!("{email} is signed out of {server}")
    } else {
        format!(
            "the session of {email} is forgotten here; {server} was not told, and there it ends when it is not used for long"
        )
    };
    done(&json!({ "server": server, "signed_out": is_told, "forgotten": true }), &line, format, terminal)
}
