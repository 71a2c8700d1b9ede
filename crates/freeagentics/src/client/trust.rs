//! Whom the client believes when a server says who it is.

use std::path::Path;
use std::sync::Arc;

use axiomcore::tls;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use crate::exit::Failure;

/// TLS that believes the authorities in this file and no others, or those of the system.
pub(crate) fn believing(ca: Option<&Path>) -> Result<TlsConfig, Failure> {
    let roots = tls::roots(ca).map_err(|error| {
        Failure::usage("bad_ca", error, "name a file with the authority's certificate, in PEM, with --ca")
    })?;
    let roots: Vec<Certificate<'static>> = roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    Ok(configured().root_certs(RootCerts::Specific(Arc::new(roots))).build())
}

/// TLS that believes everybody: for who wants to know whether something answers, and tells it nothing.
pub(crate) fn credulous() -> TlsConfig {
    configured().disable_verification(true).build()
}

fn configured() -> ureq::tls::TlsConfigBuilder {
    TlsConfig::builder().provider(TlsProvider::Rustls).unversioned_rustls_crypto_provider(tls::provider())
}
