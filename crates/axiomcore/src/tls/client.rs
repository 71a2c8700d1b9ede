//! How this program connects to others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use super::{CertificateError, TransportError, Version, provider};
use crate::clock::Timestamp;

/// The certificate by which this program shows who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// A file with the chain, in PEM.
    pub certificate: PathBuf,
    /// A file with its key.
    pub key: PathBuf,
}

/// The authorities that are believed: those in `file` and no others, or those of the system.
///
/// # Errors
/// If the file cannot be read or holds none.
pub fn roots(file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let Some(file) = file else { return Ok(rustls_native_certs::load_native_certs().certs) };
    let pem = std::fs::read(file).map_err(|error| CertificateError::Unreadable(file.to_owned(), error))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.ok().filter(|found| !found.is_empty());
    found.ok_or_else(|| CertificateError::NoCertificate(file.display().to_string()))
}

/// A client that believes these authorities (those of the system without a file), speaks nothing older than `minimum`, and
/// shows `own` where it is asked who it is.
///
/// # Errors
/// If a file cannot be used.
pub fn client_config(
    ca: Option<&Path>,
    own: Option<&Own>,
    minimum: Version,
    now: Timestamp,
) -> Result<ClientConfig, TransportError> {
    let mut store = RootCertStore::empty();
    match ca {
        Some(file) => store = store_of(file)?,
        // A system has some that nobody can read; what is left decides.
        None => _ = store.add_parsable_certificates(roots(None)?),
    }
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(minimum.and_newer())?.with_root_certificates(store);
    Ok(match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let certificate = super::Certificate::from_files(&own.certificate, &own.key, now)?;
            builder.with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(certificate.served)))
        }
    })
}

/// The authorities in a file, each of which has to be one.
pub(super) fn store_of(file: &Path) -> Result<RootCertStore, CertificateError> {
    let mut store = RootCertStore::empty();
    for root in roots(Some(file))? {
        let unusable = |error: rustls::Error| CertificateError::Unusable(file.display().to_string(), error.to_string());
        store.add(root).map_err(unusable)?;
    }
    Ok(store)
}

/// TLS that believes the authorities of the system, or those in the file that `SSL_CERT_FILE` names.
pub(crate) fn system() -> TlsConfig {
    let roots = roots(None).unwrap_or_default();
    let roots: Vec<Certificate<'static>> = roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    let builder = TlsConfig::builder().provider(TlsProvider::Rustls);
    let builder = builder.unversioned_rustls_crypto_provider(provider());
    builder.root_certs(RootCerts::Specific(Arc::new(roots))).build()
}
