//! Keeps the certificate fresh.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::authority::{Ordered, Wanted};
use super::store::Store;
use super::{AcmeError, lease};
use crate::clock::{Clock, Timestamp};
use crate::hex;
use crate::lifecycle::Stopping;
use crate::sealing::Sealer;
use crate::store::Database;
use crate::tls::{Certificate, Config, Transport, Version, client_config};

/// What it needs.
pub struct AcmeParts {
    /// Where everything is kept.
    pub database: Database,
    /// What seals it.
    pub sealer: Sealer,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where the certificate is served.
    pub transport: Transport,
}

/// Gets certificates from an authority. Clones are the same.
#[derive(Clone)]
pub struct Acme(Arc<Inner>);

struct Inner {
    wanted: Wanted,
    config: Config,
    store: Store,
    clock: Arc<dyn Clock>,
    transport: Transport,
    /// Names what is ordered in the database.
    id: String,
}

impl Acme {
    /// As the configuration says; `None` if it names no directory.
    pub fn open(config: &Config, parts: AcmeParts) -> Option<Self> {
        let directory = config.acme_directory.clone()?;
        let AcmeParts { database, sealer, clock, transport } = parts;
        let (domains, contact) = (config.acme_domains.clone(), config.acme_contact.clone());
        let wanted = Wanted { directory, domains, contact };
        let what = [std::slice::from_ref(&wanted.directory), wanted.domains.as_slice()].concat().join("\n");
        let id = hex::encode(&Sha256::digest(what)[..16]);
        let store = Store { database, sealer };
        Some(Self(Arc::new(Inner { wanted, config: config.clone(), store, clock, transport, id })))
    }

    /// Serves what is kept, and orders what is due, until `stopping`.
    pub async fn run_until_stopped(self, stopping: Stopping) {
        loop {
            if let Err(error) = self.look().await {
                tracing::error!(%error, "no certificate from the authority: {error}");
            }
            tokio::select! {
                () = stopping.requested() => return,
                () = tokio::time::sleep(self.0.config.reload.duration()) => {}
            }
        }
    }

    /// Looks once: serves a certificate that another node has got, and orders one if that is due and nobody else does.
    ///
    /// # Errors
    /// If it was due and did not come; the pause before the next try grows.
    pub async fn look(&self) -> Result<(), AcmeError> {
        let inner = &*self.0;
        let kept = inner.store.certificate(&inner.id).await?;
        if let Some(certificate) = kept.and_then(|kept| inner.usable(&kept)) {
            let due = inner.clock.now() >= due(&certificate);
            inner.serve(certificate);
            if !due {
                return Ok(());
            }
        }
        if !lease::take(&inner.store, &inner.id, inner.clock.now()).await? {
            return Ok(());
        }
        match inner.order().await {
            Ok(certificate) => {
                tracing::info!(expires = %certificate.expires(), "the authority has signed {certificate:?}");
                inner.serve(certificate);
                Ok(())
            }
            Err(error) => {
                let pause = lease::fail(&inner.store, &inner.id, inner.clock.now()).await?;
                tracing::warn!(?pause, "the next try is in {pause:?}");
                Err(error)
            }
        }
    }
}

impl Inner {
    async fn order(&self) -> Result<Certificate, AcmeError> {
        let now = self.clock.now();
        let tls = client_config(self.config.acme_ca.as_deref(), None, Version::Tls12, now)?;
        let ordered = self.wanted.order(Arc::new(tls), &self.store).await?;
        // Kept only if it can be served.
        let certificate = self.read(&ordered)?;
        self.store.keep_certificate(&self.id, &ordered).await?;
        Ok(certificate)
    }

    fn read(&self, ordered: &Ordered) -> Result<Certificate, AcmeError> {
        const NAME: &str = "the database";
        let (chain, key) = ((ordered.chain.as_bytes(), NAME), (ordered.key.as_bytes(), NAME));
        Ok(Certificate::from_pem(chain, key, self.clock.now())?)
    }

    /// One that has expired is as good as none.
    fn usable(&self, kept: &Ordered) -> Option<Certificate> {
        let read = self.read(kept);
        read.inspect_err(|error| tracing::warn!(%error, "the certificate that is kept: {error}")).ok()
    }

    fn serve(&self, certificate: Certificate) {
        self.transport.serve(certificate);
    }
}

/// When it is to be renewed: at two thirds of its life.
fn due(certificate: &Certificate) -> Timestamp {
    let life = certificate.expires().since(certificate.starts());
    certificate.starts().plus(Duration::from_secs(life.as_secs() * 2 / 3))
}

impl fmt::Debug for Acme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Acme({:?})", self.0.wanted)
    }
}
