//! `freeagentics backup`: copies of an installation, and what comes back of them.

mod create;
mod list;
mod prune;
mod restore;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use axiomcore::backup::{self, BackupError, Backups, Damage, DestinationError, Vault};
use axiomcore::clock::{SystemClock, Timestamp};
use axiomcore::config;
use axiomcore::entropy::SystemEntropy;
use axiomcore::store::{Database, Location};
use axiomcore::telemetry::Metrics;
use clap::Subcommand;
use tokio::runtime::Runtime;

use super::audit::{Opened, Place, unreadable};
use crate::{
    backups::Installation,
    exit::{Exit, Failure},
    server::{self, arguments::Arguments, blueprint, settings::DATABASE_FILE},
    terminal::{Format, Terminal},
};

/// What is said of a key that a backup was not made with.
const WRONG_KEY: &str = "backup_key";

/// Who is on record as having done it: whoever has the backup key and may write the database.
const OPERATOR: &str = "operator";

/// Makes, lists, verifies, restores and removes backups. A server may go on running meanwhile.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a backup now, and verify it.
    Create(create::Args),
    /// List the backups that are kept, and say whether any is gone.
    List(list::Args),
    /// Restore a backup into a scratch folder, decide its whole log again, and say everything that is wrong with it.
    Verify(verify::Args),
    /// Restore a backup into an empty data folder, or an empty server. What was interrupted goes on when it is done again.
    Restore(restore::Args),
    /// Remove the backups that are older than `backup.keep`, but never the last good one.
    Prune(prune::Args),
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (place, done) = match &args.verb {
        Verb::Create(args) => (&args.place, create::run(args, format, terminal)),
        Verb::List(args) => (&args.place, list::run(args, format, terminal)),
        Verb::Verify(args) => (&args.place, verify::run(args, format, terminal)),
        Verb::Restore(args) => (&args.place, restore::run(args, format, terminal)),
        Verb::Prune(args) => (&args.place, prune::run(args, format, terminal)),
    };
    done.map_err(|failure| place.name_key(failure))
}

/// Where backups are, and what they are of.
#[derive(Debug, clap::Args)]
struct Where {
    /// The folder with the data.
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// The server's configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder with the backups (`backup.folder`).
    #[arg(long, value_name = "DIR")]
    folder: Option<String>,
    /// The file with the backup key (`backup.key_file`).
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
}

impl Where {
    fn arguments(&self) -> Arguments {
        let given = [("backup.folder", &self.folder), ("backup.key_file", &self.key_file)];
        let given = given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
        Arguments::of_installation(self.config.clone(), self.data.clone()).with(given)
    }

    /// Says of a key that is not the right one which it is, and where it was set.
    fn name_key(&self, failure: Failure) -> Failure {
        let Failure::Other(mut complaint) = failure else { return failure };
        if complaint.code == WRONG_KEY
            && let Ok(settings) = self.arguments().load()
            && let Some(line) = settings.effective().into_iter().find(|line| line.key == "backup.key")
            && let Ok(key) = backup::Key::parse(settings.section::<backup::Config>().key.expose())
        {
            let (public, origin) = (key.public(), line.origin);
            complaint.message =
                format!("{}; that of the key in force is {public} (backup.key: {origin})", complaint.message);
        }
        Failure::Other(complaint)
    }

    /// The destination alone, for an installation that need not be there any more.
    fn vault(&self) -> Result<(Vault, PathBuf), Failure> {
        let settings = self.arguments().load()?;
        let config: backup::Config = settings.section();
        let vault =
            config.vault(Arc::new(SystemClock), Arc::new(SystemEntropy)).map_err(|error| failed(error.into()))?;
        let vault = vault.ok_or_else(|| failed(BackupError::NotConfigured))?;
        let vault = vault.knowing(Arc::new(Installation), DATABASE_FILE);
        Ok((vault, settings.section::<server::settings::Config>().data))
    }

    /// The server that rows are restored into, if one is named; it may be empty.
    fn server(&self) -> Result<Option<(Database, Runtime)>, Failure> {
        let settings = self.arguments().load()?;
        let config: config::Database = settings.section();
        let Some(url) = config.server() else { return Ok(None) };
        let threads = Runtime::new().map_err(unreadable)?;
        let opened = Database::open(&Location::Postgres(url), config.connections, threads.handle().clone());
        Ok(Some((opened.map_err(unreadable)?, threads)))
    }

    /// The installation with its backups.
    fn open(&self) -> Result<(Opened, Backups), Failure> {
        let opened = Place::at(&self.arguments())?;
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        let (settings, data) = (&opened.settings, &opened.data);
        let backups = blueprint().backups(settings, data, opened.database.clone(), (clock, entropy), Metrics::new());
        let backups = backups.map_err(|error| failed(error.into()))?.filter(Backups::is_configured);
        let backups = backups.ok_or_else(|| failed(BackupError::NotConfigured))?;
        Ok((opened, backups))
    }
}

/// The backup that is meant: the one that is named, or the one from which the most can be restored. Where there are some, and
/// none can be believed, the reason is told of the newest.
fn chosen(vault: &Vault, id: Option<&str>, until: Option<Timestamp>) -> Result<String, Failure> {
    if let Some(id) = id {
        return Ok(id.to_owned());
    }
    let mut listing = vault.list(0).map_err(failed)?;
    if let Some(id) = vault.furthest(&listing, until).map_err(failed)? {
        return Ok(id);
    }
    let newest = if listing.newest().is_none() { listing.kept.pop() } else { None };
    Err(newest.and_then(|kept| kept.manifest.err()).map_or_else(no_backup, |damage| failed(damage.into())))
}

/// The backup that is meant: the one that is named, or the newest, whether it can be believed or not.
fn chosen_to_verify(vault: &Vault, id: Option<&str>) -> Result<String, Failure> {
    if let Some(id) = id {
        return Ok(id.to_owned());
    }
    vault.list(0).map_err(failed)?.kept.pop().map(|kept| kept.id).ok_or_else(no_backup)
}

fn no_backup() -> Failure {
    let mend = "make one with `freeagentics backup create`, or name the folder that has them with --folder";
    Failure::installation("no_backup", "there is no backup there of that time", mend)
}

fn failed(error: BackupError) -> Failure {
    let (code, mend) = match &error {
        BackupError::NotConfigured | BackupError::Key(_) => (
            "backups_not_configured",
            "name the folder with --folder or backup.folder, and the file with the key with --key-file or backup.key_file",
        ),
        BackupError::Damaged(Damage::OtherKey { .. }) => (
            WRONG_KEY,
            "give the key that this backup was made with: in a file that --key-file, or else backup.key_file, names",
        ),
        BackupError::Damaged(Damage::SegmentMissing { .. } | Damage::SegmentAltered { .. }) => {
            ("backup_damaged", "restore as of a moment before that was shipped, with --to")
        }
        BackupError::Damaged(_) => ("backup_damaged", "use another backup; `freeagentics backup list` shows them"),
        BackupError::Destination(DestinationError::Held(_)) => ("backup_running", "do it again when that has ended"),
        BackupError::Destination(_) => ("backup_destination", "see that the folder with the backups can be used"),
        BackupError::ServerNotEmpty(_) => ("not_empty", "set database.url to a database in which there is nothing"),
        BackupError::Unsuitable(_) => ("backup_unsuitable", "do as it says"),
        BackupError::NotEmpty(..) => ("not_empty", "name an empty folder, or one that does not exist, with --data"),
        BackupError::OtherUnfinished(..) => ("other_unfinished", "name that backup, or another folder"),
        BackupError::Store(_) => ("database", "see that the database is there and may be read"),
        _ => ("backup_failed", "see what the system says, mend it, and do it again"),
    };
    Failure::installation(code, error, mend)
}

/// A number of bytes for people.
fn bytes(number: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.into_iter().find(|(_, unit)| number >= *unit) {
        Some((name, unit)) => format!("{:.1} {name}", number as f64 / unit as f64),
        None => format!("{number} bytes"),
    }
}
