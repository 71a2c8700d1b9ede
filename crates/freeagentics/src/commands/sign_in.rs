//! `freeagentics sign-in`.

use std::path::PathBuf;

use axiomcore::clock::{Clock, SystemClock};
use axiomcore::config::Secret;
use serde_json::{Value, json};

use super::asking::{roles, text};
use super::secrets::{given_up, password};
use crate::{
    client::{Address, Call, Client, Refusal, Trouble},
    exit::{Exit, Failure},
    session::{Kept, Session, Tokens},
    terminal::{Format, Terminal, harmless},
};

/// How often a code may be mistyped; the server has the last word.
const TRIES: usize = 3;
/// How people are asked for one.
pub(super) const CODE: &str = "Code of your app, or a recovery code: ";

/// Signs in with an address, a password and, where you have one, a code of your second factor. The session is kept in your
/// folder for settings, for nobody else to read, and goes on by itself until it is not used for long.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Your address; asked for at a terminal without it.
    #[arg(value_name = "EMAIL")]
    email: Option<String>,
    /// The name of the workspace that you are in, if it is not the default one.
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    /// A file with your password; asked for at a terminal without it.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A code of your authenticator app, or a recovery code; asked for at a terminal without it, if you have a second factor.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    #[command(flatten)]
    address: Address,
}

pub(crate) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let client = args.address.stranger()?;
    let kept = Kept::of(client.base())?;
    let email = args.email.clone().map_or_else(|| asked(("Address: ", "freeagentics sign-in EMAIL"), terminal), Ok)?;
    let question = format!("Password of {}: ", harmless(&email));
    let password = password(args.password_file.as_deref(), (&question, "--password-file"), terminal)?;
    // What was kept and cannot be read any more is about to be replaced.
    let before = kept.read().ok().flatten().filter(|session| session.email == email);
    let device = before.and_then(|session| session.device_token);
    let known = device.as_ref().map(Secret::expose);
    let (workspace, password) = (args.workspace.as_deref(), password.expose());
    let body = json!({ "workspace": workspace, "email": email, "password": password, "device_token": known });
    let mut signed_in = match client.send(&Call::post("/sign-in", &body)) {
        Ok(answer) => answer.body,
        Err(Trouble::Refused(refusal)) if refusal.code == "second_factor_required" => {
            second_factor(args, &refusal, known, &client, terminal)?
        }
        Err(trouble) => return Err(trouble.into_failure(client.base())),
    };
    let server = client.base().to_owned();
    let strange = || Trouble::Strange("the answer has no tokens".to_owned()).into_failure(&server);
    let tokens = Tokens::of(&signed_in, SystemClock.now()).ok_or_else(strange)?;
    let told = signed_in.get("device_token").and_then(Value::as_str).map(|text| Secret::new(text.to_owned()));
    end_previous(&args.address, terminal)?;
    let session = Session { server, email, tokens: Some(tokens), device_token: told.or(device) };
    kept.write(&session)?;
    tell(&mut signed_in, &session, format, terminal)
}

/// Ends the session that was kept here until now, whoever's it is: when it is forgotten here, nobody could.
fn end_previous(address: &Address, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    // What cannot be read any more cannot be shown to the server either.
    let Ok(Some(client)) = address.session() else { return Ok(()) };
    match client.send(&Call::post("/sign-out", &Value::Null)) {
        Ok(_) | Err(Trouble::SignedOut(_)) => {}
        Err(Trouble::Refused(refusal)) if refusal.status == 401 => {}
        Err(trouble) => {
            writeln!(terminal.err, "note: the session of before goes on until it is not used for long: {trouble}")?;
        }
    }
    Ok(())
}

/// Answers what is asked after the right password.
fn second_factor(
    args: &Args,
    asked_for: &Refusal,
    device: Option<&String>,
    client: &Client,
    terminal: &mut Terminal<'_>,
) -> Result<Value, Failure> {
    let challenge = asked_for.document.get("challenge").and_then(Value::as_str).unwrap_or_default();
    let mut left = TRIES;
    loop {
        let code = match &args.code {
            Some(code) => code.clone(),
            None if terminal.interactive => asked((CODE, "freeagentics sign-in --code CODE"), terminal)?,
            None => {
                let mend = "give a code of your authenticator app, or a recovery code, with --code";
                return Err(Failure::usage(
                    "second_factor_required",
                    "the password is right; now the second factor",
                    mend,
                ));
            }
        };
        let (member, code) = kind_of(&code);
        let body = json!({ "challenge": challenge, member: code, "device_token": device });
        left -= 1;
        match client.send(&Call::post("/sign-in/factor", &body)) {
            Ok(answer) => return Ok(answer.body),
            Err(Trouble::Refused(refusal)) if refusal.code == "sign_in_refused" && args.code.is_none() && left > 0 => {
                writeln!(terminal.err, "That code is wrong, or was used already: each is good once.")?;
            }
            Err(trouble) => return Err(trouble.into_failure(client.base())),
        }
    }
}

/// Says who is signed in; what it is done by is told nobody.
fn tell(
    signed_in: &mut Value,
    session: &Session,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    if format == Format::Json {
        for secret in ["access_token", "token_type", "expires_in", "refresh_token", "device_token"] {
            signed_in.as_object_mut().and_then(|members| members.remove(secret));
        }
        signed_in["server"] = session.server.as_str().into();
        terminal.json(signed_in)?;
        return Ok(Exit::Done);
    }
    let name = terminal.paint.strong(&text(signed_in, "name"));
    writeln!(terminal.out, "{name} is signed in to {}, with {}", session.server, roles(signed_in))?;
    if let Some(left) = signed_in.get("recovery_codes_left").and_then(Value::as_u64) {
        writeln!(terminal.out, "  {left} recovery codes are left")?;
    }
    if signed_in.get("factor_enrolment_required") == Some(&Value::Bool(true)) {
        let command = "freeagentics account app";
        writeln!(
            terminal.out,
            "  a role asks for a second factor: enrol one with `{command}`, or at {}",
            session.server
        )?;
    }
    Ok(Exit::Done)
}

/// What a code is sent as. The app's are six digits; recovery codes are sixteen letters and digits.
pub(super) fn kind_of(code: &str) -> (&'static str, &str) {
    let code = code.trim();
    (if code.len() < 10 { "code" } else { "recovery_code" }, code)
}

/// Asks for something that may be seen; the second of `how` is how else it is given.
pub(super) fn asked((question, command): (&str, &str), terminal: &mut Terminal<'_>) -> Result<String, Failure> {
    if !terminal.interactive {
        let message = format!("nobody is there to ask for: {}", question.trim_end_matches([':', ' ']));
        return Err(Failure::usage("nobody_to_ask", message, format!("give it with the command: {command}")));
    }
    write!(terminal.err, "{question}")?;
    terminal.err.flush()?;
    let mut line = String::new();
    let read = terminal.input.read_line(&mut line).map_err(|error| Failure::unreadable("-", error))?;
    if read == 0 { Err(given_up()) } else { Ok(line.trim().to_owned()) }
}
