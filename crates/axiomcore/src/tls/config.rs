//! Configuration of TLS.

use std::path::PathBuf;

use super::Version;
use crate::config::{Checks, Fault, Period, Profile};

crate::settings! {
    /// TLS that the server ends itself. How it connects to others stands in the sections about them.
    pub struct Config in "tls" {
        /// A file with the server's certificate and those between it and its authority, in PEM. With it the server speaks
        /// TLS and nothing else.
        pub certificate: Option<PathBuf> = None;
        /// A file with the certificate's key, in PEM, which not everybody may read.
        pub key: Option<PathBuf> = None;
        /// The oldest version that is spoken: 1.3, or 1.2 for clients that know no newer one.
        pub minimum: Version = Version::Tls13;
        /// A file with authorities, in PEM. With it a client is let in only with a certificate that one of them has signed:
        /// for a server that only a proxy or other nodes may reach.
        pub client_ca: Option<PathBuf> = None;
        /// How often the files are looked at, so that a renewed certificate is served without a restart. SIGHUP has them
        /// looked at at once.
        pub reload: Period = Period::seconds(10);
        /// How long a handshake may take.
        pub handshake_timeout: Period = Period::seconds(10);
        /// How many handshakes are under way at the same time. One more ends the oldest of them: who means it is done within
        /// milliseconds, and what is old is mostly a client that went silent.
        pub max_handshakes: usize = 512;
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, key: &str, why: &str| {
            if wrong {
                faults.push(Fault::new(format!("tls.{key}"), why));
            }
        };
        let (certificate, key) = (self.certificate.is_some(), self.key.is_some());
        refuse(certificate && !key, "key", "tls.certificate is given, and so its key has to be (--tls-key)");
        refuse(key && !certificate, "certificate", "tls.key is given, and so its certificate has to be (--tls-cert)");
        let alone = self.client_ca.is_some() && !certificate;
        refuse(alone, "client_ca", "clients show certificates only over TLS: give tls.certificate and tls.key as well");
        refuse(
            self.reload.duration().is_zero(),
            "reload",
            "the files would be read without a pause: longer than nothing",
        );
        let never = self.handshake_timeout.duration().is_zero();
        refuse(never, "handshake_timeout", "nobody could ever connect: longer than nothing");
        refuse(self.max_handshakes == 0, "max_handshakes", "nobody could ever connect: at least 1");
        faults
    }
}

impl Config {
    /// Whether the server speaks TLS itself.
    pub const fn is_on(&self) -> bool {
        self.certificate.is_some()
    }
}
