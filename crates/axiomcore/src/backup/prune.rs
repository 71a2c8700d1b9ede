//! Removing what is old.

use std::time::Duration;

use super::create::name_of;
use super::{BackupError, Kept, Manifest, Vault};
use crate::clock::Timestamp;

impl Vault {
    /// Removes backups that are older than `keep`, but never the last good one, nor what is newer than that. Damaged ones go
    /// by the time in their names. Says which were removed.
    ///
    /// # Errors
    /// If the destination fails or somebody else is at it.
    pub fn prune(&self, keep: Duration) -> Result<Vec<String>, BackupError> {
        let _held = self.destination().hold()?;
        let listing = self.list(0)?;
        let Some(good) = listing.last_good().map(|kept| kept.id.clone()) else { return Ok(Vec::new()) };
        let now = self.0.clock.now();
        let since = Timestamp(0).plus(now.since(Timestamp(0)).saturating_sub(keep));
        let oldest = name_of(since);
        let is_old = |kept: &&Kept| kept.id.as_str() < oldest.as_str() && kept.id < good;
        let old: Vec<String> = listing.kept.iter().filter(is_old).map(|kept| kept.id.clone()).collect();
        old.iter().try_for_each(|id| self.remove(id))?;
        let left = listing.kept.into_iter().filter(|kept| !old.contains(&kept.id));
        let left: Vec<Manifest> = left.filter_map(|kept| kept.manifest.ok()).collect();
        self.prune_lines(&left, since)?;
        Ok(old)
    }
}
