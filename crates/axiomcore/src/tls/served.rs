//! The certificate that is served now.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::Certificate;

/// A place for the certificate, which another may take. Clones are the same place.
#[derive(Clone, Default)]
pub(super) struct Served(Arc<RwLock<Option<Certificate>>>);

impl Served {
    /// From now on this one is served; connections that are open stay as they are.
    pub(super) fn put(&self, certificate: Certificate) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(certificate);
    }

    /// The one that is served.
    pub(super) fn get(&self) -> Option<Certificate> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The same for every name that a client asks for: there is one server here. Whether the name is on the certificate is
/// for the client to see, and a name that is none of ours tells it nothing about which are.
impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.get().map(|certificate| certificate.served)
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Served({:?})", self.get())
    }
}
