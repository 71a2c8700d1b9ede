//! `freeagentics backup list`.

use axiomcore::backup::{Kept, Listing};
use serde_json::{Value, json};

use super::{Where, bytes, failed};
use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// The oldest first. Needs no installation, only the folder and the key.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) place: Where,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (vault, data) = args.place.vault()?;
    let known = axiomcore::backup::known(&data);
    let listing = vault.list(known).map_err(failed)?;
    let is_well = listing.damages.is_empty() && listing.kept.iter().all(|kept| kept.manifest.is_ok());
    match format {
        Format::Json => {
            let listed: Vec<Value> = listing.kept.iter().map(document).collect();
            terminal.json(&json!({ "ok": is_well, "backups": listed, "damages": listing.damages }))?;
        }
        Format::Text => text(&listing, terminal)?,
    }
    Ok(if is_well { Exit::Done } else { Exit::Failed })
}

/// One for programs.
fn document(kept: &Kept) -> Value {
    let verified = kept.verified.as_ref().map(|verified| verified.when().to_string());
    match &kept.manifest {
        Ok(manifest) => json!({
            "id": kept.id, "number": manifest.number, "made_at": manifest.begun().to_string(),
            "stored_bytes": manifest.stored(), "bytes": manifest.plain(), "log": manifest.log,
            "database": manifest.database, "version": manifest.version, "verified_at": verified,
        }),
        Err(damage) => json!({ "id": kept.id, "damage": damage.to_string() }),
    }
}

fn text(listing: &Listing, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let paint = terminal.paint;
    for kept in &listing.kept {
        let id = harmless(&kept.id);
        match &kept.manifest {
            Ok(manifest) => {
                let proved = match &kept.verified {
                    Some(verified) => paint.good(&format!("verified {}", verified.when())),
                    None => "not verified".into(),
                };
                writeln!(terminal.out, "{id}  {}, of {}  {proved}", bytes(manifest.stored()), bytes(manifest.plain()))?;
            }
            Err(damage) => writeln!(terminal.out, "{id}  {}", paint.alarm(&harmless(&damage.to_string())))?,
        }
    }
    for damage in &listing.damages {
        writeln!(terminal.out, "{}", paint.alarm(&harmless(&damage.to_string())))?;
    }
    if listing.kept.is_empty() {
        writeln!(terminal.out, "there is no backup")?;
    }
    Ok(())
}
