//! `freeagentics serve`: the server.

use axiomcore::service::ServiceError;
use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    server::{
        arguments::Arguments,
        start::{self, StartError, Started},
    },
    terminal::{Format, Terminal},
};

/// Serves. A flag that is given again wins, so that scripts can add to a command.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct Args {
    /// Let a dozen agents of the built-in models live in simulated worlds, to have something to look at. They use the API
    /// with a key of their own and have the label `demo=true`.
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    settings: Arguments,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let settings = args.settings.load()?;
    if args.demo {
        // Before there is anything: the administrator's key is told once, and must not be lost to this.
        start::may_have_demo(&settings).map_err(refused)?;
    }
    let started = start::build(&settings).map_err(refused)?;
    match format {
        Format::Text => announce(terminal, &started)?,
        Format::Json => terminal.json(&announcement(&started))?,
    }
    // Whoever started it waits for this.
    terminal.out.flush()?;
    // After the administrator's key was shown, which would otherwise be lost if this fails.
    let started = if args.demo { started.with_demo().map_err(refused)? } else { started };
    started.run_until_stopped().map_err(refused)?;
    Ok(Exit::Done)
}

/// Where it is, and the administrator's key if this is the first start.
fn announce(terminal: &mut Terminal<'_>, started: &Started) -> std::io::Result<()> {
    let (paint, out, started) = (terminal.paint, &mut terminal.out, &started.listening);
    if let Some(key) = &started.key {
        writeln!(out, "The administrator's key, shown only this once; only its hash is kept:")?;
        writeln!(out, "  {}", paint.strong(key.expose()))?;
        writeln!(out, "Give it to the page, or to the commands as FREEAGENTICS_KEY.")?;
    }
    writeln!(out, "FreeAgentics is at {}", paint.strong(&started.url()))?;
    match started.metrics_url() {
        Some(url) => writeln!(out, "metrics at {url}"),
        None => Ok(()),
    }
}

/// The same for programs. The key is a member only at the very first start.
fn announcement(started: &Started) -> serde_json::Value {
    let started = &started.listening;
    let mut told = json!({
        "address": started.address().to_string(),
        "url": started.url(),
        "metrics_address": started.metrics_address().map(|address| address.to_string()),
    });
    if let (Some(key), Some(members)) = (&started.key, told.as_object_mut()) {
        members.insert("administrator_key".into(), key.expose().clone().into());
    }
    told
}

fn refused(error: StartError) -> Failure {
    let (code, mend) = match &error {
        StartError::Service(error) => of_service(error),
        StartError::Store(_) | StartError::Key(_) => DATABASE,
        StartError::DemoOverTls => {
            ("tls", "start the demo without --tls-cert and --tls-key, listening on 127.0.0.1 only")
        }
        StartError::Codes(_) | StartError::Threads(_) => START,
    };
    Failure::installation(code, error, mend)
}

const DATABASE: (&str, &str) = ("database", "see that the database is there and may be used; database.url names it");
const START: (&str, &str) = ("start", "see what the system says; report it if it says nothing");

fn of_service(error: &ServiceError) -> (&'static str, &'static str) {
    match error {
        ServiceError::Folder(_) => ("data_folder", "use another folder with --data, or end what uses it"),
        ServiceError::Store(_) => DATABASE,
        ServiceError::Bootstrap(_) => ("bootstrap", "correct the file that --bootstrap-token-file names"),
        ServiceError::Audit(_) => {
            ("audit", "see that audit.anchor_file can be written, and that the sealing key is the old one")
        }
        ServiceError::Sealing(_) => ("sealing_key", "put the key there that this installation began with"),
        ServiceError::BackupKey(_) => {
            ("backup_key", "set backup.key_file to a file with the output of `openssl rand -hex 32`")
        }
        ServiceError::Backup(_) => ("backup", "see that the place for backups can be written, or start without it"),
        ServiceError::Unfinished(_) => {
            ("unfinished_restore", "do `freeagentics backup restore` again: it goes on where it was")
        }
        ServiceError::Redis(_) => ("redis", "correct redis.url and redis.tls_ca"),
        ServiceError::Server(_) => ("address", "choose another address with --listen or --metrics-listen"),
        ServiceError::Transport(_) => ("tls", "correct what --tls-cert, --tls-key or the settings of [tls] name"),
        ServiceError::Entropy(_) | ServiceError::Threads(_) => START,
    }
}
