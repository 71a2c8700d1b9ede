//! The proof that what was restored is whole: every decision is decided again, the record of who did what is verified.

use std::path::Path;
use std::sync::Arc;

use axiomcore::audit::{Against, verify_database};
use axiomcore::backup::{Facts, Proven};
use axiomcore::clock::SystemClock;
use axiomcore::store::{Database, Location};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::log::{CommittedEvents, history};
use crate::models::Library;
use crate::replay::verify;
use crate::runtime::Config;
use crate::server::schema;
use crate::server::settings::{ANCHOR_FILE, DATABASE_FILE};

/// Findings that are told one by one.
const TOLD: usize = 20;

/// Goes through everything in a folder that nobody else uses; blocks.
pub(super) fn prove(folder: &Path) -> Result<Proven, String> {
    let in_words = |error: &dyn std::fmt::Display| error.to_string();
    let threads = Runtime::new().map_err(|error| in_words(&error))?;
    let location = Location::Sqlite(folder.join(DATABASE_FILE));
    let database = Database::open(&location, 2, threads.handle().clone()).map_err(|error| in_words(&error))?;
    let read = |error: axiomcore::store::Error| in_words(&error);
    let facts = database.read_blocking(|connection| Facts::of(connection, &history::newest)).map_err(read)?;
    // An older one has to work with this program, which is what would be started on it.
    schema::migrate(&database).map_err(read)?;
    let library = Library::new(database.clone(), Arc::new(SystemClock), Config::default().model_memory);
    let replayed = verify(&database, &library, &mut |_| {});
    let mut findings: Vec<String> = replayed.findings.iter().take(TOLD).map(|found| json!(found).to_string()).collect();
    let anchor = folder.join(ANCHOR_FILE);
    let against = Against { anchor: Some(&anchor), key: None };
    let record = verify_database(&database, Some(&CommittedEvents), &against).map_err(|error| in_words(&error))?;
    findings.extend(record.findings.iter().take(TOLD).map(|found| json!(found).to_string()));
    Ok(Proven { facts, rows: replayed.events, findings })
}
