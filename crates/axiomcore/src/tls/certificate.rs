//! A certificate chain with its key, checked before anybody is shown it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

use super::provider;
use crate::clock::Timestamp;
use crate::config::{Secret, SecretFileError};

/// Why a certificate is not served.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The file with the key cannot be used.
    #[error(transparent)]
    KeyFile(#[from] SecretFileError),
    /// There is no certificate where one should be.
    #[error("{0} holds no certificate: expected PEM that begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate(String),
    /// There is no key where one should be.
    #[error("{0} holds no key: expected PEM that begins with -----BEGIN PRIVATE KEY-----, without a password")]
    NoKey(String),
    /// They are not made for each other.
    #[error("the key in {0} does not belong to the first certificate in {1}: the server's own has to stand first")]
    NotAPair(String, String),
    /// It cannot be understood.
    #[error("the certificate in {0} cannot be used: {1}")]
    Unusable(String, String),
    /// It is too late for it.
    #[error("the certificate in {0} has expired, at {1}: renew it")]
    Expired(String, Timestamp),
    /// It is too early for it.
    #[error("the certificate in {0} is not valid before {1}: look whether this machine's clock is right")]
    TooEarly(String, Timestamp),
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Certificate {
    pub(super) served: Arc<CertifiedKey>,
    starts: Timestamp,
    expires: Timestamp,
    names: Vec<String>,
}

impl Certificate {
    /// Reads a chain and its key from files in PEM, and checks that they belong together and are valid now.
    ///
    /// # Errors
    /// What is wrong with them, and how to mend it.
    pub fn from_files(chain: &Path, key: &Path, now: Timestamp) -> Result<Self, CertificateError> {
        let unreadable = |error| CertificateError::Unreadable(chain.to_owned(), error);
        let chain_pem = std::fs::read(chain).map_err(unreadable)?;
        let key_pem = Secret::from_file(key)?;
        let names = (chain.display().to_string(), key.display().to_string());
        Self::from_pem((&chain_pem, &names.0), (key_pem.expose().as_bytes(), &names.1), now)
    }

    /// The same from PEM, each with what it is called in an error.
    ///
    /// # Errors
    /// As [`from_files`](Self::from_files).
    pub fn from_pem(chain: (&[u8], &str), key: (&[u8], &str), now: Timestamp) -> Result<Self, CertificateError> {
        let ((chain, chain_name), (key, key_name)) = (chain, key);
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let certificates = certificates.ok().filter(|found| !found.is_empty());
        let certificates = certificates.ok_or_else(|| CertificateError::NoCertificate(chain_name.to_owned()))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CertificateError::NoKey(key_name.to_owned()))?;
        let read = certificates.first().map_or(Ok(Read::default()), |first| Read::of(first));
        let read = read.map_err(|error| CertificateError::Unusable(chain_name.to_owned(), error))?;
        let served = CertifiedKey::from_der(certificates, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                CertificateError::NotAPair(key_name.to_owned(), chain_name.to_owned())
            }
            error => CertificateError::Unusable(chain_name.to_owned(), error.to_string()),
        })?;
        let Read { starts, expires, names } = read;
        let certificate = Self { served: Arc::new(served), starts, expires, names };
        certificate.check(chain_name, now).map(|()| certificate)
    }

    fn check(&self, name: &str, now: Timestamp) -> Result<(), CertificateError> {
        if self.expires <= now {
            return Err(CertificateError::Expired(name.to_owned(), self.expires));
        }
        if self.starts > now {
            return Err(CertificateError::TooEarly(name.to_owned(), self.starts));
        }
        Ok(())
    }

    /// Since when it is valid.
    pub const fn starts(&self) -> Timestamp {
        self.starts
    }

    /// Until when it is valid.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The hosts that it is for.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// Never its key.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, until {})", self.names.join(" "), self.expires)
    }
}

/// What stands in a certificate.
struct Read {
    starts: Timestamp,
    expires: Timestamp,
    names: Vec<String>,
}

impl Default for Read {
    fn default() -> Self {
        Self { starts: Timestamp(0), expires: Timestamp(0), names: Vec::new() }
    }
}

impl Read {
    fn of(certificate: &CertificateDer<'_>) -> Result<Self, String> {
        let certificate = x509_cert::Certificate::from_der(certificate).map_err(|error| error.to_string())?;
        let about = certificate.tbs_certificate();
        let names = about.get_extension::<SubjectAltName>().map_err(|error| error.to_string())?;
        let names = names.map(|(_, names)| names.0.iter().filter_map(host).collect()).unwrap_or_default();
        let validity = about.validity();
        Ok(Self { starts: moment(&validity.not_before), expires: moment(&validity.not_after), names })
    }
}

fn moment(time: &Time) -> Timestamp {
    Timestamp(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX))
}

fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let four = <[u8; 4]>::try_from(bytes).ok().map(|octets| std::net::IpAddr::from(octets).to_string());
            four.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(|octets| std::net::IpAddr::from(octets).to_string()))
        }
        _ => None,
    }
}
