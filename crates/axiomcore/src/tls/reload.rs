//! A certificate that is replaced while it is served.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;

use super::{Certificate, CertificateError, Transport};
use crate::clock::Clock;
use crate::lifecycle::Stopping;

/// How many days before its end a certificate is spoken of in the log, once each.
const WARNED: [u64; 2] = [30, 7];

/// The files that a certificate and its key come from. Clones are the same files.
#[derive(Clone)]
pub(super) struct Files {
    chain: PathBuf,
    key: PathBuf,
    interval: Duration,
    clock: Arc<dyn Clock>,
}

/// What was last found in the files.
#[derive(Default)]
struct Seen {
    /// Of what is served.
    digest: Option<[u8; 32]>,
    /// Why something else is not.
    refused: Option<String>,
    /// How few days before the end it was spoken of.
    warned: Option<u64>,
}

impl Files {
    pub(super) fn new((chain, key): (PathBuf, PathBuf), interval: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { chain, key, interval, clock }
    }

    /// Looks at the files now and then, and when SIGHUP asks for it, until `stopping`. What cannot be served is not: the
    /// certificate of before stays, and is tried again each time, since files that are replaced one after the other do
    /// not belong together for a moment.
    pub(super) async fn follow(self, transport: &Transport, stopping: Stopping) {
        let mut hangup = signal(SignalKind::hangup()).ok();
        let mut seen = Seen { digest: self.digest(), ..Seen::default() };
        loop {
            let asked = async {
                match &mut hangup {
                    Some(hangup) => _ = hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stopping.requested() => return,
                () = asked => {}
                () = tokio::time::sleep(self.interval) => {}
            }
            let (files, transport) = (self.clone(), transport.clone());
            let looked = spawn_blocking(move || {
                files.look(&transport, &mut seen);
                seen
            });
            let Ok(after) = looked.await else { return };
            seen = after;
        }
    }

    fn look(&self, transport: &Transport, seen: &mut Seen) {
        let digest = self.digest();
        if digest.is_none() || digest != seen.digest {
            match Certificate::from_files(&self.chain, &self.key, self.clock.now()) {
                Ok(certificate) => {
                    transport.serve(certificate);
                    *seen = Seen { digest, ..Seen::default() };
                }
                Err(error) => refuse(&error, transport, seen),
            }
        } else {
            seen.refused = None;
        }
        transport.metrics.refused.set(if seen.refused.is_some() { 1.0 } else { 0.0 });
        self.warn(transport, seen);
    }

    /// Of both files as they are; none if one cannot be read.
    fn digest(&self) -> Option<[u8; 32]> {
        let (chain, key) = (std::fs::read(&self.chain).ok()?, std::fs::read(&self.key).ok()?);
        let length = (chain.len() as u64).to_le_bytes();
        Some(Sha256::new().chain_update(length).chain_update(chain).chain_update(key).finalize().into())
    }

    fn warn(&self, transport: &Transport, seen: &mut Seen) {
        let Some(certificate) = transport.served.get() else { return };
        let days = certificate.expires().since(self.clock.now()).as_secs() / 86_400;
        let due = WARNED.into_iter().rfind(|limit| days < *limit);
        if due.is_some() && due != seen.warned {
            let expires = certificate.expires();
            tracing::warn!(%expires, days, "the certificate that is served expires at {expires}, in {days} days: renew it");
            seen.warned = due;
        }
    }
}

/// Once in the log and in the count for each reason.
fn refuse(error: &CertificateError, transport: &Transport, seen: &mut Seen) {
    let why = error.to_string();
    if seen.refused.as_ref() != Some(&why) {
        tracing::error!(error = why, "a new certificate cannot be served, the one of before still is: {why}");
        transport.metrics.reloaded("refused");
        seen.refused = Some(why);
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({}, {})", self.chain.display(), self.key.display())
    }
}
