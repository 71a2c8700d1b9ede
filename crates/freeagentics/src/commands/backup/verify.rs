//! `freeagentics backup verify`.

use axiomcore::backup::Verdict;
use serde_json::json;

use super::{OPERATOR, Where, chosen_to_verify, failed};
use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Checks every chunk and signature, restores all of it into the data folder's disk, decides the whole log again, verifies
/// the audit, and removes what was restored.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) place: Where,
    /// The backup; the newest without it.
    id: Option<String>,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (vault, _) = args.place.vault()?;
    let id = chosen_to_verify(&vault, args.id.as_deref())?;
    let (opened, backups) = args.place.open()?;
    let verdict = backups.verify_blocking(&id, OPERATOR);
    opened.database.close();
    let verdict = verdict.map_err(failed)?;
    match format {
        Format::Json => terminal.json(&json!(verdict))?,
        Format::Text => text(&verdict, terminal)?,
    }
    Ok(if verdict.is_good() { Exit::Done } else { Exit::Failed })
}

pub(super) fn text(verdict: &Verdict, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let paint = terminal.paint;
    for damage in &verdict.damages {
        writeln!(terminal.out, "{}", paint.alarm(&harmless(&damage.to_string())))?;
    }
    for finding in &verdict.findings {
        writeln!(terminal.out, "{}", paint.alarm(&harmless(finding)))?;
    }
    if verdict.is_good() {
        let (restored, took) = (verdict.restored_in as f64 / 1e3, verdict.took as f64 / 1e3);
        let say = "every chunk and signature holds; restored, every decision is the original, and the audit is whole";
        writeln!(terminal.out, "{}", paint.good(say))?;
        writeln!(terminal.out, "{} events, restored in {restored:.1} s, proved in {took:.1} s", verdict.rows)?;
    }
    Ok(())
}
