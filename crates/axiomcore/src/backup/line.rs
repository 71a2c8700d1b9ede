//! Shipping as a service does it: begun, kept going, resumed after a restart.

use std::sync::{Arc, MutexGuard, PoisonError};

use tokio::task::spawn_blocking;

use super::{BackupError, Backups, Ended, Shipper};
use crate::lifecycle::Stopping;

/// What is noted in the data folder at the end: where shipping can go on.
const ENDED: &str = "shipped-until";

/// Shipping, where the service goes on.
#[derive(Debug, Default)]
pub(super) struct Shipping {
    /// Whether there is to be any.
    pub(super) is_on: bool,
    pub(super) shipper: Option<Arc<Shipper>>,
    /// The line that the last backup is on.
    pub(super) based: Option<String>,
}

impl Backups {
    /// Ships what is committed until a stop is asked for; what is committed after that, [`finish_blocking`] ships.
    ///
    /// [`finish_blocking`]: Self::finish_blocking
    pub(super) async fn ship_until_stopped(self, stopping: Stopping) {
        let interval = self.0.config.ship_interval.duration();
        if interval.is_zero() {
            return;
        }
        let mut is_failing = false;
        loop {
            tokio::select! {
                () = stopping.requested() => return,
                () = tokio::time::sleep(interval) => {}
            }
            let backups = self.clone();
            let shipped = spawn_blocking(move || backups.ship()).await.map_err(|error| error.to_string());
            let failed = shipped.and_then(|shipped| shipped.map_err(|error| error.to_string())).err();
            if let Some(error) = failed.as_ref().filter(|_| !is_failing) {
                tracing::error!(error, "what happens is not shipped to the backups: {error}");
            } else if is_failing && failed.is_none() {
                tracing::info!("what happens is shipped to the backups again");
            }
            is_failing = failed.is_some();
        }
    }

    fn ship(&self) -> Result<(), BackupError> {
        let Some(shipper) = self.shipper()? else { return Ok(()) };
        let now = self.0.parts.clock.now();
        match self.counted("ship", shipper.ship()) {
            Ok(_) => {
                self.0.metrics.shipped(now);
                Ok(())
            }
            Err(error) => {
                if shipper.is_overwhelmed() {
                    self.shipping().shipper = None;
                }
                Err(error)
            }
        }
    }

    /// Goes on shipping where the last process has ended, if nothing was written since; else that begins with another backup.
    /// Call it before anything is written; blocks.
    pub fn resume_blocking(&self) {
        let note = self.0.parts.data.join(ENDED);
        let Ok(text) = std::fs::read_to_string(&note) else { return };
        // It is good for once. While it cannot be taken away, it is good for nothing.
        if std::fs::remove_file(&note).is_err() || self.0.config.ship_interval.duration().is_zero() {
            return;
        }
        let (Ok(ended), Ok(vault)) = (serde_json::from_str::<Ended>(&text), self.vault()) else { return };
        match Shipper::resume(vault, &self.0.parts.database, &ended) {
            Ok(Some(shipper)) => {
                let (based, shipper) = (Some(ended.line), Some(Arc::new(shipper)));
                *self.shipping() = Shipping { is_on: true, shipper, based };
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(cause = %error, "shipping begins anew, with another backup: {error}"),
        }
    }

    /// Ships the last of it, when nothing is committed any more; blocks.
    ///
    /// # Errors
    /// If the destination fails.
    pub fn finish_blocking(&self) -> Result<(), BackupError> {
        let Shipping { shipper, based, .. } = std::mem::take(&mut *self.shipping());
        let Some(shipper) = shipper else { return Ok(()) };
        let ended = shipper.finish()?.filter(|ended| based.as_ref() == Some(&ended.line));
        if let Some(ended) = ended {
            // Without it the next process makes a backup.
            let _ = std::fs::write(self.0.parts.data.join(ENDED), serde_json::to_vec(&ended)?);
        }
        Ok(())
    }

    /// Who ships, if anybody is to; begins a line if there is none.
    pub(super) fn shipper(&self) -> Result<Option<Arc<Shipper>>, BackupError> {
        let mut shipping = self.shipping();
        if shipping.is_on && shipping.shipper.is_none() {
            let begun = Shipper::begin(self.vault()?, &self.0.parts.database)?;
            shipping.is_on = begun.is_some();
            shipping.shipper = begun.map(Arc::new);
        }
        Ok(shipping.shipper.clone())
    }

    /// Whether what is shipped has no backup below it yet.
    pub(super) fn needs_base(&self) -> bool {
        let shipping = self.shipping();
        let line = shipping.shipper.as_ref().map(|shipper| shipper.line());
        shipping.is_on && (line.is_none() || shipping.based.as_deref() != line)
    }

    pub(super) fn shipping(&self) -> MutexGuard<'_, Shipping> {
        self.0.shipping.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
