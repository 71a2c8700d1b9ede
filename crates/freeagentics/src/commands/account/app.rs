//! `freeagentics account app`, `remove-app` and `recovery-codes`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{picture, tell_codes};
use crate::{
    client::{Call, Client},
    commands::{
        asking::{done, text},
        secrets::password,
        sign_in::{CODE, asked, kind_of},
    },
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// How the password is asked for of who is in.
const ONCE_MORE: (&str, &str) = ("Your password, once more: ", "--password-file");
/// What to do about a code that is not taken.
const WRONG: &str = "wait for the next code of your app, each is good once, or give a recovery code that you have not used: --code CODE";

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
    let password = password(args.password_file.as_deref(), ONCE_MORE, terminal)?;
    let body = json!({ "password": password.expose(), "recovery_code": args.recovery_code });
    let begun = client.ask(&Call::post("/factors/app", &body))?;
    if format == Format::Json {
        terminal.json(&begun)?;
        return Ok(Exit::Done);
    }
    writeln!(terminal.out, "Give this secret to your authenticator app. It is shown only now.")?;
    picture::show(&begun, terminal)?;
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
    let confirmed = client.ask(&Call::post("/factors/app/confirm", &json!({ "code": code.trim() })));
    let wrong = "wait for the next code of your app, and give that: freeagentics account app --confirm CODE. After five wrong ones, \
                 or ten minutes, begin anew: freeagentics account app";
    let none = "nothing waits for its first code, or no longer: begin anew, freeagentics account app";
    let told =
        confirmed.map_err(|failure| failure.mended("factor_code_wrong", wrong).mended("factor_missing", none))?;
    tell_codes(&told, "A code of your app is asked for from now on. Your other sessions have ended.", format, terminal)
}

pub(super) fn remove(
    args: &RemoveArgs,
    client: &Client,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let password = password(args.password_file.as_deref(), ONCE_MORE, terminal)?;
    let code = given(args.code.as_ref(), (CODE, "freeagentics account remove-app --code CODE"), terminal)?;
    let (member, code) = kind_of(&code);
    let removed =
        client.ask(&Call::post("/factors/app/remove", &json!({ "password": password.expose(), member: code })));
    let none = "you have no app that is asked for, so there is nothing to remove; enrol one: freeagentics account app";
    removed.map_err(|failure| failure.mended("factor_missing", none).mended("factor_code_wrong", WRONG))?;
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
    if kind_of(&code).0 == "recovery_code" {
        let mend = "give a code of your app; who has only passkeys gets new ones on the page of the server";
        return Err(Failure::usage("app_code_needed", "a recovery code does not get new ones", mend));
    }
    let renewed = client.ask(&Call::post("/factors/recovery-codes", &json!({ "code": code.trim() })));
    let none = "recovery codes come with your first app or passkey: enrol an app, freeagentics account app";
    let told: Value = renewed.map_err(|failure| failure.mended("factor_missing", none))?;
    tell_codes(&told, "The codes of before let nobody in any more.", format, terminal)
}

/// A code that stands on the command line, or is asked for.
fn given(code: Option<&String>, how: (&str, &str), terminal: &mut Terminal<'_>) -> Result<String, Failure> {
    code.cloned().map_or_else(|| asked(how, terminal), Ok)
}
