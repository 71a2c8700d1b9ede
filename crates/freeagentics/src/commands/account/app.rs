//! `freeagentics account app`, `remove-app` and `recovery-codes`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::tell_codes;
use crate::{
    client::{Call, Client},
    commands::asking::{done, text},
    commands::sign_in::{CODE, asked, kind_of, password},
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Enrols one. At a terminal it is done in one go; elsewhere the first command tells the secret, and a second one with
/// --confirm shows that it has arrived in the app.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file with your password; asked for at a terminal without it.
    #[arg(long, value_name = "FILE", conflicts_with = "confirm")]
    password_file: Option<PathBuf>,
    /// A recovery code, if you have passkeys.
    #[arg(long, value_name = "CODE", conflicts_with = "confirm")]
    recovery_code: Option<String>,
    /// The code that the app shows which has the secret by now.
    #[arg(long, value_name = "CODE")]
    confirm: Option<String>,
}

/// Removes it.
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    /// A file with your password; asked for at a terminal without it.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A code of the app, or a recovery code; asked for at a terminal without it.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

/// Gets new ones.
#[derive(Debug, clap::Args)]
pub(super) struct RenewArgs {
    /// A code of the app; asked for at a terminal without it.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

pub(super) fn enrol(
    args: &Args,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    if let Some(code) = &args.confirm {
        return confirm(code, client, format, terminal);
    }
    let password = password(args.password_file.as_deref(), ("Password: ", "--password-file"), terminal)?;
    let body = json!({ "password": password.expose(), "recovery_code": args.recovery_code });
    let begun = client.ask(&Call::post("/factors/app", &body))?;
    if format == Format::Json {
        terminal.json(&begun)?;
        return Ok(Exit::Done);
    }
    writeln!(terminal.out, "Give this secret to your authenticator app. It is shown only now.")?;
    writeln!(terminal.out, "  secret  {}", terminal.paint.strong(&text(&begun, "secret")))?;
    writeln!(terminal.out, "  uri     {}", text(&begun, "uri"))?;
    if !terminal.interactive {
        let command = "freeagentics account app --confirm CODE";
        writeln!(
            terminal.out,
            "Nothing is asked for before a code of the app confirms it, within ten minutes: {command}"
        )?;
        return Ok(Exit::Done);
    }
    terminal.out.flush()?;
    let code = asked(("The code that the app shows: ", "freeagentics account app --confirm CODE"), terminal)?;
    confirm(&code, client, format, terminal)
}

fn confirm(code: &str, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let told = client.ask(&Call::post("/factors/app/confirm", &json!({ "code": code.trim() })))?;
    tell_codes(&told, "A code of your app is asked for from now on. Your other sessions have ended.", format, terminal)
}

pub(super) fn remove(
    args: &RemoveArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let password = password(args.password_file.as_deref(), ("Password: ", "--password-file"), terminal)?;
    let code = given(args.code.as_ref(), (CODE, "freeagentics account remove-app --code CODE"), terminal)?;
    let (member, code) = kind_of(&code);
    client.ask(&Call::post("/factors/app/remove", &json!({ "password": password.expose(), member: code })))?;
    done(&json!({ "removed": true }), "your app is removed: its codes are asked for no more", format, terminal)
}

pub(super) fn renew(
    args: &RenewArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let how = ("Code of your app: ", "freeagentics account recovery-codes --code CODE");
    let code = given(args.code.as_ref(), how, terminal)?;
    let told: Value = client.ask(&Call::post("/factors/recovery-codes", &json!({ "code": code.trim() })))?;
    tell_codes(&told, "The codes of before let nobody in any more.", format, terminal)
}

/// A code that stands on the command line, or is asked for.
fn given(code: Option<&String>, how: (&str, &str), terminal: &mut Terminal<'_>) -> Result<String, Failure> {
    code.cloned().map_or_else(|| asked(how, terminal), Ok)
}
