//! `freeagentics audit verify`.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use axiomcore::audit::{self, Against, Finding, PublicKey, Report, VerifyError, verify_database, verify_export};
use axiomcore::hex;
use serde_json::json;

use super::{Opened, Place, unreadable};
use crate::{
    exit::{Exit, Failure},
    log::CommittedEvents,
    server::settings::ANCHOR_FILE,
    terminal::{Format, Terminal, harmless},
};

/// Holds chains, checkpoints and the anchor against each other.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// An export in JSON lines, to verify it instead of a database.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "config"])]
    export: Option<PathBuf>,
    /// The anchor file; for a database that which the server writes, unless this names a copy of it that was kept elsewhere.
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
    /// The key that checkpoints have to be signed with, as `audit key` printed it when it could still be trusted.
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    public_key: Option<PublicKey>,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let report = match &args.export {
        Some(path) => {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| Failure::unreadable(&name, error))?;
            let against = Against { anchor: args.anchor.as_deref(), key: args.public_key };
            verify_export(BufReader::new(file), &against).map_err(|error| Failure::unreadable(&name, error))?
        }
        None => of_database(args)?,
    };
    match format {
        Format::Text => text(&report, terminal)?,
        Format::Json => terminal.json(&json!(report))?,
    }
    Ok(if report.is_clean() { Exit::Done } else { Exit::Failed })
}

fn of_database(args: &Args) -> Result<Report, Failure> {
    let Opened { settings, data, database, .. } = &args.place.open()?;
    let configured = settings.section::<audit::Config>().anchor_file.unwrap_or_else(|| data.join(ANCHOR_FILE));
    let anchor = args.anchor.as_ref().unwrap_or(&configured);
    let against = Against { anchor: Some(anchor), key: args.public_key };
    let report = verify_database(database, Some(&CommittedEvents), &against).map_err(|error| match error {
        VerifyError::Store(error) => unreadable(error),
        VerifyError::File(error) => Failure::unreadable(&anchor.display().to_string(), error),
    });
    database.close();
    report
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    let bytes = hex::decode(text).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| "expected 64 hexadecimal digits, as `audit key` prints them".to_owned())
}

fn text(report: &Report, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let paint = terminal.paint;
    for Finding { place, fault, detail } in &report.findings {
        let fault = json!(fault);
        let fault = fault.as_str().unwrap_or_default().replace('_', " ");
        writeln!(terminal.out, "{}: {}\n  {}", named(place), paint.alarm(&fault), harmless(detail))?;
    }
    if report.omitted > 0 {
        writeln!(terminal.out, "and {} more", report.omitted)?;
    }
    let Report { workspaces, entries, erased, uncovered, unchained, checkpoints, unanchored, log_rows, .. } = report;
    writeln!(terminal.out, "{entries} entries of {workspaces} workspaces, {erased} of them erased")?;
    writeln!(
        terminal.out,
        "{checkpoints} checkpoints, {unanchored} of them not anchored; {log_rows} events under them"
    )?;
    writeln!(terminal.out, "{uncovered} entries after the last checkpoint, {unchained} not chained yet")?;
    if let Some(key) = &report.public_key {
        let known =
            if report.pinned { "the key that was given" } else { "a key that nobody vouched for (--public-key)" };
        writeln!(terminal.out, "signed with {key}, {known}")?;
    }
    let verdict = match report.findings.len() {
        0 => paint.good("every entry is as it was written and where it was written"),
        _ => paint.alarm("the record is not as it was written"),
    };
    writeln!(terminal.out, "{verdict}")
}

fn named(place: &audit::Place) -> String {
    match place {
        audit::Place::Entry { workspace, seq } => format!("entry {seq} of workspace {workspace}"),
        audit::Place::Checkpoint { number } => format!("checkpoint {number}"),
        audit::Place::Anchor { line } => format!("line {line} of the anchor"),
        audit::Place::Log { after, to } => format!("events {} to {to}", after + 1),
    }
}
