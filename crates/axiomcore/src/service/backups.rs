//! The backups of a service, in its process or beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ANCHOR_FILE, Blueprint};
use crate::backup::{BackupParts, Backups, NoKey};
use crate::clock::Clock;
use crate::config::Settings;
use crate::entropy::Entropy;
use crate::store::Database;
use crate::telemetry::Metrics;
use crate::{audit, sealing};

/// What the configuration is called in a backup. Restored, it lies there for whoever needs it; nothing reads it by itself.
const CONFIGURATION: &str = "configuration.toml";

impl Blueprint {
    /// The backups of an installation with this data folder; none of a product that does not say how it is proved.
    ///
    /// # Errors
    /// If the backup key is none.
    pub fn backups(
        &self,
        settings: &Settings,
        data: &Path,
        database: Database,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
        metrics: Metrics,
    ) -> Result<Option<Backups>, NoKey> {
        let Some(service) = self.restorable.clone() else { return Ok(None) };
        let (file, files) = (self.database_file, files(settings, data));
        let (product, data) = ((self.product.name, self.product.version), data.to_owned());
        let parts = BackupParts { database, file, files, data, product, service, clock, entropy, metrics };
        Backups::new(settings.section(), parts).map(Some)
    }
}

/// The sealing key if it lies in the data folder, the anchor, the configuration. What secrets are sealed under elsewhere
/// stays elsewhere.
fn files(settings: &Settings, data: &Path) -> Vec<(String, PathBuf)> {
    let anchor = settings.section::<audit::Config>().anchor_file.unwrap_or_else(|| data.join(ANCHOR_FILE));
    let mut files = vec![(sealing::FILE.to_owned(), data.join(sealing::FILE)), (ANCHOR_FILE.to_owned(), anchor)];
    files.extend(settings.file().map(|file| (CONFIGURATION.to_owned(), file.to_owned())));
    files
}
