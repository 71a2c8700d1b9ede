//! Certificates of a real authority that speaks ACME.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::clock::{Clock, ManualClock, SystemClock};
use axiomcore::entropy::SystemEntropy;
use axiomcore::http::{Health, Server};
use axiomcore::lifecycle::StopSwitch;
use axiomcore::sealing::{Keys, Sealer};
use axiomcore::store::{Database, Location};
use axiomcore::telemetry::Metrics;
use axiomcore::tls::acme::{self, Acme, AcmeParts, responder};
use axiomcore::tls::{Config, Transport, Version, client_config};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use tempfile::TempDir;
use testbed::{Pebble, Postgres, free_port};
use tokio::runtime::Runtime;

/// How long the authority signs for.
const LIFE: u64 = 9_000;

/// Two nodes on one database, and an authority that asks them whether `agents.test` is theirs.
struct Bench {
    folder: TempDir,
    threads: Runtime,
    pebble: Pebble,
    database: Database,
    clock: ManualClock,
    config: Config,
    questions: u16,
}

/// What one node has.
struct Node {
    acme: Acme,
    transport: Transport,
    address: SocketAddr,
    _switch: StopSwitch,
}

impl Bench {
    fn new(location: impl FnOnce(&Path) -> Location) -> Self {
        let (folder, threads, questions) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap(), free_port());
        let pebble = Pebble::start(questions, LIFE);
        let database = Database::open(&location(folder.path()), 4, threads.handle().clone()).unwrap();
        database.migrate("acme", acme::MIGRATIONS).unwrap();
        let config = Config {
            acme_directory: Some(pebble.directory()),
            acme_domains: vec!["agents.test".into(), "api.agents.test".into()],
            acme_contact: vec!["mailto:ann@agents.test".into()],
            acme_terms_agreed: true,
            acme_ca: Some(pebble.ca()),
            ..Config::default()
        };
        // The authority signs from its own now on, and a clock that stands falls behind.
        let clock = ManualClock::new(SystemClock.now().plus(Duration::from_secs(60)));
        Self { folder, threads, pebble, database, clock, config, questions }
    }

    /// A node; the first one answers the authority's questions.
    fn node(&self, answers: bool) -> Node {
        let metrics = Metrics::new();
        let transport = Transport::open(&self.config, &metrics, Arc::new(self.clock.clone())).unwrap();
        let sealer = Sealer::new(Keys::one(&"5a".repeat(32)).unwrap(), Arc::new(SystemEntropy));
        let (database, clock) = (self.database.clone(), Arc::new(self.clock.clone()));
        let parts = AcmeParts { database: database.clone(), sealer, clock, transport: transport.clone() };
        let acme = Acme::open(&self.config, parts).unwrap();
        let http = axiomcore::http::Config {
            listen: ([127, 0, 0, 1], 0).into(),
            metrics_listen: None,
            ..axiomcore::http::Config::default()
        };
        let health = Health::new();
        let application = crate::http::application(&http, &metrics, &health);
        let (switch, stopping) = StopSwitch::new();
        let server = self.threads.block_on(async {
            let server = Server::build(&http, &transport, application, &metrics, health).await.unwrap();
            let questions = ([127, 0, 0, 1], self.questions).into();
            if answers { server.beside(&http, questions, responder(database)).await.unwrap() } else { server }
        });
        let address = server.address();
        self.threads.spawn(server.run_until_stopped(stopping));
        Node { acme, transport, address, _switch: switch }
    }

    fn look(&self, node: &Node) -> Result<(), String> {
        self.threads.block_on(node.acme.look()).map_err(|error| error.to_string())
    }

    /// A file with the root under which the authority signs.
    fn root(&self) -> std::path::PathBuf {
        let path = self.folder.path().join("root.pem");
        let management = ([127, 0, 0, 1], self.pebble.management()).into();
        let pem = ask(management, &self.pebble.ca(), "localhost", "/roots/0").unwrap();
        std::fs::write(&path, pem).unwrap();
        path
    }

    fn next_try(&self) -> i64 {
        let sql = "SELECT not_before FROM acme_certificates";
        self.database.read_blocking(|connection| connection.query(sql, &[])?[0].int(0)).unwrap()
    }

    fn leftovers(&self) -> usize {
        self.database
            .read_blocking(|connection| connection.query("SELECT token FROM acme_challenges", &[]))
            .unwrap()
            .len()
    }
}

/// The body of an answer from whoever shows a certificate for this name under this root.
fn ask(address: SocketAddr, root: &Path, name: &str, path: &str) -> std::io::Result<String> {
    let config = client_config(Some(root), None, Version::Tls12, SystemClock.now()).unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut stream =
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), TcpStream::connect(address)?);
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

fn story(bench: &mut Bench) {
    let (first, second) = (bench.node(true), bench.node(false));
    let root = bench.root();
    assert!(ask(first.address, &root, "agents.test", "/hello").is_err(), "nobody is served before there is one");
    bench.look(&first).unwrap();
    for name in ["agents.test", "api.agents.test"] {
        assert_eq!(ask(first.address, &root, name, "/hello").unwrap(), "hello", "{name}");
    }
    assert_eq!(bench.leftovers(), 0);
    // The other node serves the same without asking the authority.
    bench.look(&second).unwrap();
    let serial = |node: &Node| node.transport.certificate().unwrap().starts();
    let shown = |node: &Node| format!("{:?}", node.transport.certificate().unwrap());
    assert_eq!(
        (shown(&second), ask(second.address, &root, "agents.test", "/hello").unwrap()),
        (shown(&first), "hello".into())
    );
    let before = serial(&first);
    bench.clock.advance(Duration::from_secs(LIFE * 2 / 3 - 180));
    bench.look(&first).unwrap();
    assert_eq!(serial(&first), before, "it is not due yet");
    // What the authority signs begins when its own clock says so: seconds later than the first.
    std::thread::sleep(Duration::from_millis(1_100));
    bench.clock.advance(Duration::from_secs(240));
    bench.look(&second).unwrap();
    assert!(serial(&second) > before, "it was renewed at two thirds of its life");
    // A node whose clock is that of the authority finds the new one and leaves it at that.
    bench.clock = ManualClock::new(SystemClock.now().plus(Duration::from_secs(60)));
    let third = bench.node(false);
    bench.look(&third).unwrap();
    assert_eq!((serial(&third), shown(&third)), (serial(&second), shown(&second)));
    assert_eq!(ask(third.address, &root, "agents.test", "/hello").unwrap(), "hello");
}

#[test]
fn a_certificate_is_got_served_by_all_nodes_and_renewed_on_sqlite() {
    story(&mut Bench::new(|folder| Location::Sqlite(folder.join("x.db"))));
}

#[test]
fn a_certificate_is_got_served_by_all_nodes_and_renewed_on_postgres() {
    let postgres = Postgres::start();
    story(&mut Bench::new(|_| Location::Postgres(postgres.url())));
}

#[test]
fn an_authority_that_is_not_convinced_is_asked_again_after_pauses_that_grow() {
    let bench = Bench::new(|folder| Location::Sqlite(folder.join("x.db")));
    // Nobody answers its questions.
    let node = bench.node(false);
    let mut pauses = Vec::new();
    for _ in 0..2 {
        let refused = bench.look(&node).unwrap_err();
        assert!(refused.contains("did not find that agents.test, api.agents.test is ours"), "{refused}");
        assert!(refused.contains("connection refused") && refused.contains("tls.acme_listen"), "{refused}");
        pauses.push(bench.next_try() - bench.clock.now().0);
        bench.look(&node).unwrap();
        assert_eq!(bench.leftovers(), 0);
        bench.clock.advance(Duration::from_millis(bench.next_try().abs_diff(bench.clock.now().0)));
    }
    assert_eq!(pauses, [60_000, 120_000]);
    assert!(node.transport.certificate().is_none());
}

#[test]
fn an_authority_that_does_not_show_who_it_is_gets_no_order() {
    let bench = Bench::new(|folder| Location::Sqlite(folder.join("x.db")));
    let stranger = Bench { config: Config { acme_ca: None, ..bench.config.clone() }, ..bench };
    let refused = stranger.look(&stranger.node(true)).unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
}
