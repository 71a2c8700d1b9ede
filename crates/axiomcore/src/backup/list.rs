//! What is there, and whether all of it is.

use super::vault::{MANIFESTS, verified_name};
use super::{BackupError, Damage, Manifest, Vault, Verified};
use crate::clock::Timestamp;

/// A backup that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its name.
    pub id: String,
    /// What it says of itself, or why nobody believes it.
    pub manifest: Result<Manifest, Damage>,
    /// When it was last verified, if it was.
    pub verified: Option<Verified>,
    /// SHA-256 of the manifest.
    pub(super) digest: String,
}

impl Kept {
    /// Whether it was restored and proved.
    pub const fn is_good(&self) -> bool {
        self.manifest.is_ok() && self.verified.is_some()
    }
}

/// All backups, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Those that are there.
    pub kept: Vec<Kept>,
    /// What is wrong with them as a whole: some are gone, or were replaced by older ones.
    pub damages: Vec<Damage>,
}

impl Listing {
    /// The last one that can be believed.
    pub fn newest(&self) -> Option<(&Kept, &Manifest)> {
        self.kept.iter().rev().find_map(|kept| Some((kept, kept.manifest.as_ref().ok()?)))
    }

    /// The last one that was verified.
    pub fn last_good(&self) -> Option<&Kept> {
        self.kept.iter().rfind(|kept| kept.is_good())
    }
}

impl Vault {
    /// The backup from which the most can be restored, and what was known at this moment at the latest if one is given:
    /// of those that can be believed, the one after which was shipped last.
    ///
    /// # Errors
    /// If the destination cannot be read.
    pub fn furthest(&self, listing: &Listing, until: Option<Timestamp>) -> Result<Option<String>, BackupError> {
        let mut best: Option<(Timestamp, String)> = None;
        for manifest in listing.kept.iter().filter_map(|kept| kept.manifest.as_ref().ok()) {
            if until.is_some_and(|until| manifest.ended_at > until.0) {
                continue;
            }
            let reach = match self.segments(manifest, until) {
                Ok(segments) => segments.last().map_or(manifest.begun(), |last| last.at.max(manifest.begun())),
                // It is of no use, or only to somebody who asks for it by name.
                Err(BackupError::Damaged(_)) => continue,
                Err(error) => return Err(error),
            };
            if best.as_ref().is_none_or(|(far, _)| reach >= *far) {
                best = Some((reach, manifest.id.clone()));
            }
        }
        Ok(best.map(|(_, id)| id))
    }

    /// All backups. `known` is the number of the last one that is known to have been made, 0 where nobody knows: if it is
    /// gone, somebody has set the destination back.
    ///
    /// # Errors
    /// If the destination cannot be read.
    pub fn list(&self, known: u64) -> Result<Listing, BackupError> {
        let mut listing = Listing::default();
        for name in self.destination().list(MANIFESTS)? {
            let Some(id) = name.strip_suffix(".json") else { continue };
            listing.kept.push(self.look(id)?);
        }
        listing.damages = breaks(&listing.kept, known);
        Ok(listing)
    }

    fn look(&self, id: &str) -> Result<Kept, BackupError> {
        let (manifest, digest) = match self.manifest(id) {
            Ok((manifest, digest)) => (Ok(manifest), digest),
            Err(BackupError::Damaged(damage)) => (Err(damage), String::new()),
            Err(error) => return Err(error),
        };
        let verified = if manifest.is_ok() { self.verified(id, &digest)? } else { None };
        Ok(Kept { id: id.to_owned(), manifest, verified, digest })
    }

    /// Removes everything of a backup: the manifest first, so that none is there without its chunks.
    pub(super) fn remove(&self, id: &str) -> Result<(), BackupError> {
        let destination = self.destination();
        destination.remove(&super::vault::manifest_name(id))?;
        destination.remove(&verified_name(id))?;
        let folder = super::vault::chunks_folder(id);
        for name in destination.list(&folder)? {
            destination.remove(&format!("{folder}/{name}"))?;
        }
        Ok(())
    }
}

/// Where the order is broken. Pruning takes away the oldest, and may leave one before those that it took: a gap after the
/// first one is none. A damaged manifest is in nobody's way: its place is taken for its own.
fn breaks(kept: &[Kept], known: u64) -> Vec<Damage> {
    let mut damages = Vec::new();
    let believed: Vec<(usize, &Kept, &Manifest)> =
        kept.iter().enumerate().filter_map(|(at, kept)| Some((at, kept, kept.manifest.as_ref().ok()?))).collect();
    for pair in believed.windows(2) {
        let [(before, earlier, first), (after, _, second)] = pair else { continue };
        let id = earlier.id.clone();
        let between = second.number.saturating_sub(first.number + 1);
        let missing = between.saturating_sub((after - before - 1) as u64);
        if second.number == first.number + 1 && second.previous.as_ref() != Some(&earlier.digest) {
            damages.push(Damage::Replaced { id });
        } else if missing > 0 && *before > 0 {
            damages.push(Damage::Gap { id, number: first.number, missing });
        }
    }
    let (last, id) = believed.last().map_or((0, String::new()), |(_, kept, last)| (last.number, kept.id.clone()));
    let behind = believed.last().map_or(0, |(at, ..)| (kept.len() - at - 1) as u64);
    let missing = known.saturating_sub(last + behind);
    if missing > 0 {
        damages.push(Damage::Gap { id, number: last, missing });
    }
    damages
}
