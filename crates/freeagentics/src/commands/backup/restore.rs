//! `freeagentics backup restore`.

use axiomcore::backup::Restored;
use axiomcore::clock::Timestamp;
use axiomcore::lifecycle::DataFolder;
use serde_json::json;

use super::{Where, chosen, failed};
use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal},
};

/// Writes all of it beside first and moves it when it is whole: a cut in the middle leaves a folder in which no server
/// starts, and the same command goes on where it was. The configuration that was in force then is restored as
/// `configuration.toml`; nothing reads it by itself. A backup of a PostgreSQL server is restored into the empty database that
/// `database.url` names, in one transaction, and the files beside it into the folder.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) place: Where,
    /// The backup; without it the one from which the most can be restored.
    id: Option<String>,
    /// As it was at this moment in UTC, such as 2026-03-01T12:00:00Z; as late as possible without it. What was committed in
    /// one interval of shipping comes back whole or not at all.
    #[arg(long, value_name = "TIME")]
    to: Option<Timestamp>,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (vault, data) = args.place.vault()?;
    let id = chosen(&vault, args.id.as_deref(), args.to)?;
    let locked = DataFolder::lock(&data).map_err(|error| {
        Failure::installation("data_folder", error, "use another folder with --data, or end what uses it")
    })?;
    let server = args.place.server()?;
    let restored = match &server {
        Some(_) if args.to.is_some() => {
            let mend = "restore a server's own log up to that moment, as docs/backup.md says, or take --to away";
            return Err(Failure::installation(
                "backup_unsuitable",
                "a backup of a server is as of its own moment",
                mend,
            ));
        }
        Some((server, _)) => vault.restore_to_server(&id, locked.path(), server),
        None => vault.restore(&id, locked.path(), args.to),
    };
    if let Some((server, _)) = &server {
        server.close();
    }
    let Restored { manifest, segments, as_of } = restored.map_err(failed)?;
    match format {
        Format::Json => terminal.json(&json!({
            "id": manifest.id, "as_of": as_of.to_string(), "segments": segments, "made_at": manifest.begun().to_string(), "bytes": manifest.plain(), "log": manifest.log,
            "data": data.display().to_string(),
        }))?,
        Format::Text => {
            let folder = data.display();
            writeln!(terminal.out, "{folder} is as it was at {as_of}")?;
            writeln!(terminal.out, "start the server on it: freeagentics serve --data {folder}")?;
        }
    }
    Ok(Exit::Done)
}
