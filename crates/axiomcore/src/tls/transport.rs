//! How a listener receives its connections.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring::Ticketer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

use super::client::store_of;
use super::handshake::Handshakes;
use super::metrics::TlsMetrics;
use super::reload::Files;
use super::served::Served;
use super::{Certificate, CertificateError, Config, provider};
use crate::clock::Clock;
use crate::lifecycle::Stopping;
use crate::telemetry::Metrics;

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The server's certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The authorities of clients cannot be used.
    #[error("tls.client_ca: {0}")]
    ClientAuthorities(String),
    /// The library cannot do what is asked of it.
    #[error("TLS cannot be set up: {0}")]
    Library(#[from] rustls::Error),
}

/// In the clear, or by TLS. Clones are the same.
#[derive(Clone, Debug)]
pub struct Transport {
    pub(super) served: Served,
    pub(super) metrics: TlsMetrics,
    handshakes: Option<Arc<Handshakes>>,
    files: Option<Files>,
}

impl Transport {
    /// In the clear.
    pub fn plain(metrics: &Metrics) -> Self {
        let served = Served::default();
        let asked = served.clone();
        let expires = move || Some(asked.get()?.expires().0 as f64 / 1_000.0);
        Self { served, metrics: TlsMetrics::new(metrics, expires), handshakes: None, files: None }
    }

    /// As the configuration says; reads the certificate, and so blocks for a moment.
    ///
    /// # Errors
    /// If the certificate, its key or the authorities of clients cannot be used.
    pub fn open(config: &Config, metrics: &Metrics, clock: Arc<dyn Clock>) -> Result<Self, TransportError> {
        let plain = Self::plain(metrics);
        if !config.is_on() {
            return Ok(plain);
        }
        let mut files = None;
        // Where an authority is to sign one, nobody is served before it has.
        if let (Some(chain), Some(key)) = (&config.certificate, &config.key) {
            plain.served.put(Certificate::from_files(chain, key, clock.now())?);
            files = Some(Files::new((chain.clone(), key.clone()), config.reload.duration(), clock));
        }
        let server = server_config(config, plain.served.clone())?;
        let handshakes = Handshakes::new(config, server, plain.metrics.clone());
        Ok(Self { handshakes: Some(Arc::new(handshakes)), files, ..plain })
    }

    /// The same for what needs no protection: its connections do not leave the machine.
    #[must_use]
    pub fn in_the_clear(&self) -> Self {
        Self { handshakes: None, files: None, ..self.clone() }
    }

    /// Whether connections are protected.
    pub const fn is_encrypted(&self) -> bool {
        self.handshakes.is_some()
    }

    /// What an address begins with.
    pub const fn scheme(&self) -> &'static str {
        if self.is_encrypted() { "https" } else { "http" }
    }

    /// The certificate that is served now.
    pub fn certificate(&self) -> Option<Certificate> {
        self.served.get()
    }

    /// Serves this certificate from now on, if it is another than the one that is served.
    pub(super) fn serve(&self, certificate: Certificate) {
        if self.served.get().is_none_or(|served| served.served.cert != certificate.served.cert) {
            tracing::info!(expires = %certificate.expires(), "a new certificate is served: {certificate:?}");
            self.served.put(certificate);
            self.metrics.reloaded("served");
        }
    }

    pub(crate) fn handshakes(&self) -> Option<Arc<Handshakes>> {
        self.handshakes.clone()
    }

    /// Serves what is put into the files, until `stopping`.
    pub(crate) async fn follow_files(self, stopping: Stopping) {
        if let Some(files) = self.files.clone() {
            files.follow(&self, stopping).await;
        }
    }
}

fn server_config(config: &Config, served: Served) -> Result<ServerConfig, TransportError> {
    let builder = ServerConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(config.minimum.and_newer())?;
    let builder = match &config.client_ca {
        Some(authorities) => builder.with_client_cert_verifier(verifier(authorities)?),
        None => builder.with_no_client_auth(),
    };
    let mut server = builder.with_cert_resolver(Arc::new(served));
    // HTTP/1.1 is what is spoken; a client that knows only other protocols is told so in the handshake.
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Tickets under keys of this process, of which there is a new one every six hours: a stolen one opens little.
    server.ticketer = Ticketer::new()?;
    Ok(server)
}

/// Lets in nobody without a certificate from these authorities.
fn verifier(authorities: &Path) -> Result<Arc<dyn ClientCertVerifier>, TransportError> {
    let refused = |error: String| TransportError::ClientAuthorities(error);
    let store = store_of(authorities).map_err(|error| refused(error.to_string()))?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(store), provider()).build();
    verifier.map_err(|error| refused(error.to_string()))
}
