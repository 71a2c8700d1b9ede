//! A real PostgreSQL server with a certificate, and what is not taken for it.

use std::path::{Path, PathBuf};

use axiomcore::config::{self, Secret, Verification};
use axiomcore::store::{Database, Error};
use tempfile::TempDir;
use testbed::{Authority, Postgres};
use tokio::runtime::Runtime;

struct Bench {
    folder: TempDir,
    threads: Runtime,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), threads: Runtime::new().unwrap() }
    }

    fn ca(&self, authority: &Authority, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, authority.certificate()).unwrap();
        path
    }

    /// Whether the connection is protected, as the server sees it.
    fn connect(&self, url: &str, tls: Verification, ca: Option<&Path>) -> Result<bool, Error> {
        let url = Some(Secret::new(url.to_owned()));
        let config = config::Database { url, connections: 2, tls: Some(tls), tls_ca: ca.map(Path::to_owned) };
        let location = config.location(self.folder.path(), "unused.db");
        let database = Database::open(&location, config.connections, self.threads.handle().clone())?;
        database.read_blocking(|connection| {
            let sql = "SELECT ssl::int::bigint FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            Ok(connection.query(sql, &[])?[0].int(0)? == 1)
        })
    }

    fn is_refused(&self, url: &str, tls: Verification, ca: Option<&Path>) -> bool {
        match self.connect(url, tls, ca) {
            Err(Error::Unavailable(why) | Error::Failed(why)) => {
                assert!(why.to_lowercase().contains("tls") || why.contains("certificate"), "{why}");
                true
            }
            Err(other) => panic!("{other}"),
            Ok(_) => false,
        }
    }
}

#[test]
fn the_server_is_believed_only_under_its_name_and_only_with_its_authority() {
    let (bench, ours) = (Bench::new(), Authority::new("databases"));
    let server = Postgres::start_encrypted(&ours.sign(&["localhost"]));
    let (right, wrong) =
        (bench.ca(&ours, "ca with blank & sign.pem"), bench.ca(&Authority::new("databases"), "wrong.pem"));
    let (named, address) = (server.url_at("localhost"), server.url_at("127.0.0.1"));
    assert!(bench.connect(&named, Verification::Full, Some(&right)).unwrap());
    assert!(bench.is_refused(&named, Verification::Full, Some(&wrong)), "another authority of the same name");
    assert!(bench.is_refused(&named, Verification::Full, None), "nobody knows the authority");
    assert!(bench.is_refused(&address, Verification::Full, Some(&right)), "the certificate is for another name");
    assert!(bench.connect(&address, Verification::Authority, Some(&right)).unwrap());
    assert!(bench.is_refused(&address, Verification::Authority, Some(&wrong)));
    assert!(bench.connect(&address, Verification::Required, None).unwrap());
    assert!(!bench.connect(&address, Verification::Off, None).unwrap());
}

/// What it looks like when somebody in between says that the server has no TLS.
#[test]
fn a_server_that_says_it_has_no_tls_gets_no_password() {
    let (bench, ours) = (Bench::new(), Authority::new("databases"));
    let (server, ca) = (Postgres::start(), bench.ca(&ours, "ca.pem"));
    for tls in [Verification::Required, Verification::Authority, Verification::Full] {
        assert!(bench.is_refused(&server.url_at("localhost"), tls, Some(&ca)), "{tls:?}");
    }
}
