//! Configuration of TLS.

use std::net::SocketAddr;
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
        /// The directory of an authority that speaks ACME, such as `https://acme-v02.api.letsencrypt.org/directory`. With it
        /// the server gets its certificate by itself, keeps it in the database for all nodes, and renews it.
        pub acme_directory: Option<String> = None;
        /// The names that the certificate is to be for.
        pub acme_domains: Vec<String> = Vec::new();
        /// Where the authority reaches whoever runs this, such as `mailto:ann@example.org`.
        pub acme_contact: Vec<String> = Vec::new();
        /// Says that the authority's terms of service are agreed to; without it nothing is ordered there.
        pub acme_terms_agreed: bool = false;
        /// A file with the authority of the directory's own certificate, in PEM, instead of those of the system.
        pub acme_ca: Option<PathBuf> = None;
        /// Where the authority's questions are answered, in the clear and nothing else: port 80 of every name has to lead
        /// there.
        pub acme_listen: SocketAddr = SocketAddr::from(([0, 0, 0, 0], 80));
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
        let acme = self.acme_directory.is_some();
        refuse(acme && certificate, "acme_directory", "there is also tls.certificate: give one of them");
        refuse(acme && self.acme_domains.is_empty(), "acme_domains", "name what the certificate is to be for");
        refuse(acme && !self.acme_terms_agreed, "acme_terms_agreed", "read the authority's terms, and set it to true");
        let in_the_clear = self.acme_directory.as_ref().is_some_and(|url| !url.starts_with("https://"));
        refuse(in_the_clear, "acme_directory", "expected an address that begins with https://");
        let wild = self.acme_domains.iter().any(|name| name.contains('*'));
        refuse(
            wild,
            "acme_domains",
            "a name with * can only be proved in the DNS: order it by other means, into files",
        );
        let alone = self.client_ca.is_some() && !self.is_on();
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
        self.certificate.is_some() || self.acme_directory.is_some()
    }
}
