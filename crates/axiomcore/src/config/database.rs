//! Where the database is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Checks, Fault, Profile, Secret, Verification};
use crate::store::Location;

crate::settings! {
    /// The database: a file in the data folder, or a PostgreSQL server.
    pub struct Database in "database" {
        /// The URL of a PostgreSQL server, with its password if it needs one. Empty means a SQLite file in the data
        /// folder. When the server takes the password no more, a `database.url_file` is read again.
        pub url: Option<Secret<String>> = None;
        /// How many connections to the server are open at the same time.
        pub connections: u32 = 16;
        /// How the connection to the server is protected: `verify-full` (TLS, and the certificate has to be of the server
        /// that the URL names), `verify-ca` (of some server of the authority), `require` (TLS with anybody) or `disable`.
        /// Empty takes what the URL says with `sslmode`; where that says nothing it is `verify-full`, and on this machine
        /// TLS if the server has it.
        pub tls: Option<Verification> = None;
        /// A file with the authority of the server's certificate, in PEM. It is believed beside those of the system.
        pub tls_ca: Option<PathBuf> = None;
    }
}

impl Database {
    /// The server, or else the file of that name in the data folder.
    pub fn location(&self, data: &Path, file: &str) -> Location {
        self.server().map_or_else(|| Location::Sqlite(data.join(file)), Location::Postgres)
    }

    /// The URL of the server, if it is one, with how the connection is protected.
    pub fn server(&self) -> Option<String> {
        self.url.as_ref().map(|url| self.protected(url.expose()))
    }

    /// The same with the URL that its file has by now, if that is another one and may be used.
    ///
    /// # Errors
    /// Why it may not, or why the file cannot be read.
    pub fn renewed(&self, profile: Profile) -> Result<Option<Self>, String> {
        let renewed = self.url.as_ref().map(Secret::renewed).transpose().map_err(|error| error.to_string())?;
        let Some(url) = renewed.flatten() else { return Ok(None) };
        let renewed = Self { url: Some(url), ..self.clone() };
        match renewed.check(profile).into_iter().next() {
            Some(fault) => Err(fault.to_string()),
            None => Ok(Some(renewed)),
        }
    }

    /// The URL with how the connection is protected, so that there is one place where it stands. What comes last counts.
    fn protected(&self, url: &str) -> String {
        let mut url = url.to_owned();
        let mut add = |name: &str, value: &str| {
            let before = if url.contains('?') { '&' } else { '?' };
            // Writing to a string does not fail.
            let _ = write!(url, "{before}{name}={value}");
        };
        if let Some(verification) = self.verification() {
            add("sslmode", verification.name());
        }
        if let Some(ca) = &self.tls_ca {
            add("sslrootcert", &escaped(ca));
        }
        url
    }

    /// What was asked for here, or has to be because nobody asked for anything.
    fn verification(&self) -> Option<Verification> {
        let url = self.url.as_ref()?.expose();
        let unsaid = || (mode(url).is_none() && !is_local(url)).then_some(Verification::Full);
        self.tls.or_else(unsaid)
    }
}

impl Checks for Database {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.connections < 2 {
            faults.push(Fault::new("database.connections", "at least 2"));
        }
        let Some(url) = self.url.as_ref().map(Secret::expose) else { return faults };
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            faults.push(Fault::new("database.url", "expected a URL that begins with postgres://"));
        }
        if self.tls.is_some() && mode(url).is_some() {
            faults.push(Fault::new("database.tls", "the URL says it as well, with sslmode: say it once"));
        }
        let asked = self.verification().map(Verification::name).or(mode(url)).unwrap_or("prefer");
        if profile == Profile::Production && !asked.starts_with("verify-") && !is_local(url) {
            let key = if self.tls.is_some() { "database.tls" } else { "database.url" };
            let why = format!(
                "production does not send the password where others can read it, and `{asked}` does not look who the server \
                 is: set database.tls to verify-full, and database.tls_ca to a file with its authority"
            );
            faults.push(Fault::new(key, why));
        }
        faults
    }
}

/// What the URL says about TLS.
fn mode(url: &str) -> Option<&str> {
    let (_, parameters) = url.split_once('?')?;
    let mut said = parameters.split('&').filter_map(|parameter| parameter.split_once('='));
    said.rfind(|(name, _)| ["sslmode", "ssl-mode"].contains(name)).map(|(_, mode)| mode)
}

/// The names of this machine.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether the server is on this machine.
fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let host = host.rsplit_once(':').filter(|(_, end)| port(end)).map_or(host, |(host, _)| host);
    // A parameter may name another host, or the folder of a socket.
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters).split('&');
    let mut hosts =
        parameters.filter_map(|parameter| parameter.strip_prefix("host=").or(parameter.strip_prefix("hostaddr=")));
    hosts.all(|host| host.starts_with(['/', '%'])) && (host.is_empty() || LOCAL.contains(&host))
}

/// A path as the value of a parameter of a URL.
fn escaped(path: &Path) -> String {
    path.as_os_str().as_encoded_bytes().iter().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            escaped.push(char::from(*byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(url: &str, tls: Option<Verification>) -> Database {
        Database { url: Some(Secret::new(url.to_owned())), tls, ..Database::default() }
    }

    fn location(url: &str, tls: Option<Verification>) -> String {
        match database(url, tls).location(Path::new("data"), "x.db") {
            Location::Postgres(url) => url,
            Location::Sqlite(path) => path.display().to_string(),
        }
    }

    #[test]
    fn a_server_elsewhere_has_to_show_who_it_is_unless_somebody_says_otherwise() {
        assert_eq!(location("postgres://u:p@db.example/x", None), "postgres://u:p@db.example/x?sslmode=verify-full");
        for local in
            ["postgres://u@localhost/x", "postgres://u@127.0.0.1:5432/x", "postgres://u@[::1]:5432/x", "postgres:///x"]
        {
            assert_eq!(location(local, None), local);
        }
        // Names that only begin like this machine's are others'.
        for other in ["postgres://u@localhost.example/x", "postgres://u@127.0.0.1.example/x"] {
            assert!(location(other, None).ends_with("?sslmode=verify-full"), "{other}");
        }
        assert!(location("postgres:///x?host=db.example", None).ends_with("&sslmode=verify-full"));
        let said = "postgres://u@db.example/x?sslmode=disable";
        assert_eq!(location(said, None), said);
        let here = location("postgres://u@localhost/x?a=b", Some(Verification::Required));
        assert_eq!(here, "postgres://u@localhost/x?a=b&sslmode=require");
    }

    #[test]
    fn the_path_of_an_authority_cannot_become_another_parameter() {
        let ca = Some("/etc/a b&sslmode=disable.pem".into());
        let database = Database { tls_ca: ca, ..database("postgres://u@db.example/x", None) };
        let Location::Postgres(url) = database.location(Path::new("data"), "x.db") else { panic!("it is a server") };
        assert!(url.ends_with("?sslmode=verify-full&sslrootcert=/etc/a%20b%26sslmode%3Ddisable.pem"), "{url}");
    }

    #[test]
    fn production_refuses_every_way_to_a_server_elsewhere_that_does_not_look_who_it_is() {
        let faults = |url: &str, tls| database(url, tls).check(Profile::Production).len();
        for mode in ["disable", "allow", "prefer", "require"] {
            assert_eq!(faults(&format!("postgres://u@db.example/x?sslmode={mode}"), None), 1, "{mode}");
            assert_eq!(faults(&format!("postgres://u@localhost/x?sslmode={mode}"), None), 0, "{mode} here");
        }
        for weak in [Verification::Off, Verification::Required] {
            assert_eq!(faults("postgres://u@db.example/x", Some(weak)), 1, "{weak:?}");
        }
        for good in [None, Some(Verification::Authority), Some(Verification::Full)] {
            assert_eq!(faults("postgres://u@db.example/x", good), 0, "{good:?}");
        }
        let twice = database("postgres://u@db.example/x?sslmode=disable", Some(Verification::Full));
        assert_eq!(twice.check(Profile::Development)[0].key, "database.tls");
    }
}
