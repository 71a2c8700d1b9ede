//! `freeagentics audit`: the record of who did what.

mod export;
mod key;
mod rotate_key;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use axiomcore::config::{self, Settings};
use axiomcore::entropy::SystemEntropy;
use axiomcore::sealing::{self, Sealer};
use axiomcore::store::Database;
use clap::Subcommand;
use tokio::runtime::Runtime;

use crate::{
    exit::{Exit, Failure},
    server::{arguments::Arguments, settings},
    terminal::{Format, Terminal},
};

/// Verifies and exports the record. A server may go on running meanwhile.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Verify that nothing in the record was altered, removed, inserted or reordered, and name the first place if it was.
    Verify(verify::Args),
    /// Print the record: JSON lines that can be verified elsewhere, or events for a SIEM.
    Export(export::Args),
    /// Print the public key that checkpoints are signed with, for auditors to keep somewhere else.
    Key(key::Args),
    /// Sign checkpoints with a new key from now on.
    RotateKey(rotate_key::Args),
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Verify(args) => verify::run(args, format, terminal),
        Verb::Export(args) => export::run(args, terminal),
        Verb::Key(args) => key::run(args, format, terminal),
        Verb::RotateKey(args) => rotate_key::run(args, format, terminal),
    }
}

/// Where the record is.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The folder with the data.
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// The server's configuration file, for a database that is not in the data folder.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// An installation whose record is read.
pub(super) struct Opened {
    pub(super) settings: Settings,
    pub(super) data: PathBuf,
    pub(super) database: Database,
    /// What the database's connections live on.
    _threads: Runtime,
}

impl Place {
    pub(super) fn open(&self) -> Result<Opened, Failure> {
        Self::at(&Arguments::of_installation(self.config.clone(), self.data.clone()))
    }

    /// The same where more was said.
    pub(super) fn at(arguments: &Arguments) -> Result<Opened, Failure> {
        let settings = arguments.load()?;
        let data = settings.section::<settings::Config>().data;
        let database: config::Database = settings.section();
        if database.url.is_none() && !data.join(settings::DATABASE_FILE).is_file() {
            let message = format!("there is no database in {}", data.display());
            return Err(Failure::installation("no_database", message, "name the server's data folder with --data"));
        }
        let threads = Runtime::new().map_err(unreadable)?;
        let location = database.location(&data, settings::DATABASE_FILE);
        let database = Database::open(&location, database.connections, threads.handle().clone()).map_err(unreadable)?;
        Ok(Opened { settings, data, database, _threads: threads })
    }
}

impl Opened {
    /// What secrets in the database are sealed with.
    pub(super) fn sealer(&self) -> Result<Sealer, Failure> {
        let keys = sealing::keys(&self.settings.section(), &self.data, &SystemEntropy).map_err(|error| {
            let mend = "give the sealing key as the server has it: `--config`, FREEAGENTICS__SEALING__KEY_FILE or the data folder";
            Failure::installation("sealing_key", error, mend)
        })?;
        Ok(Sealer::new(keys, Arc::new(SystemEntropy)))
    }
}

pub(super) fn unreadable(error: impl std::fmt::Display) -> Failure {
    let mend = "see that the database is there, may be read, and was started once with this version of the program";
    Failure::installation("database", error, mend)
}
