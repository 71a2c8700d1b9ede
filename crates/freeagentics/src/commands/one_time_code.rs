//! `freeagentics one-time-code`: what an authenticator app would show, for scripts and for whoever has no app at hand.

use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use axiomcore::identity::one_time_code;
use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// How long an app shows a code.
const PERIOD: Duration = Duration::from_secs(30);

/// Prints it for the secret on standard input. Where that secret lies beside the password it is no second factor any more:
/// people keep it in an app, programs have an API key.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code that follows, which the server takes half a minute early: a code works once, and the one of now may have
    /// been used.
    #[arg(long)]
    next: bool,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let mut secret = String::new();
    terminal.input.read_line(&mut secret).map_err(|error| Failure::unreadable("-", error))?;
    let now = SystemClock.now();
    let at = if args.next { now.plus(PERIOD) } else { now };
    let code = one_time_code(&secret, at).ok_or_else(no_secret)?;
    match format {
        Format::Text => writeln!(terminal.out, "{code}")?,
        Format::Json => terminal.json(&json!({ "code": code }))?,
    }
    Ok(Exit::Done)
}

fn no_secret() -> Failure {
    let mend =
        "give it the `secret` that enrolling told, letters from A to Z and digits from 2 to 7, on standard input";
    Failure::usage("no_secret", "standard input is no secret of an authenticator app", mend)
}
