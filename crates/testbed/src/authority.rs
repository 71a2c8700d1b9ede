//! An authority that signs certificates, as a company has one of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// An authority.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate that an authority has signed, with its key, both in PEM.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

impl Authority {
    /// A new authority, which nobody knows yet.
    ///
    /// # Panics
    /// If no key can be made.
    pub fn new(name: &str) -> Self {
        let mut about = CertificateParams::default();
        about.distinguished_name.push(DnType::CommonName, name);
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key can be made");
        Self(CertifiedIssuer::self_signed(about, key).expect("an authority signs itself"))
    }

    /// Its own certificate, in PEM: what those have who believe it.
    pub fn certificate(&self) -> String {
        self.0.pem()
    }

    /// The same with its key, as no server should show it.
    pub fn itself(&self) -> Issued {
        Issued { certificate: self.certificate(), key: self.0.key().serialize_pem() }
    }

    /// Signs a certificate for a server or client with these names, valid from 2020 to 2049.
    ///
    /// # Panics
    /// If a name is none.
    pub fn sign(&self, names: &[&str]) -> Issued {
        self.sign_until(names, 2049)
    }

    /// The same, valid until the beginning of a year.
    ///
    /// # Panics
    /// As [`sign`](Self::sign).
    pub fn sign_until(&self, names: &[&str], year: i32) -> Issued {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut about = CertificateParams::new(names).expect("these are names");
        about.distinguished_name.push(DnType::CommonName, "test");
        (about.not_before, about.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(year, 1, 1));
        about.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        about.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        about.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = about.signed_by(&key, &self.0).expect("an authority signs");
        Issued { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Issued {
    /// Writes both into a folder as `name.pem` and `name.key`, the latter for its owner only. Returns their paths.
    ///
    /// # Panics
    /// If the folder cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        fs::write(&certificate, &self.certificate).expect("the folder is ours");
        fs::write(&key, &self.key).expect("the folder is ours");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        (certificate, key)
    }
}
