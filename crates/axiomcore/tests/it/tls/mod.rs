//! TLS, spoken by a real client over real sockets with certificates of authorities made for the test.

mod acme;
mod certificates;
mod clients;
mod databases;
mod handshakes;
mod hello;
mod redis;
mod reloading;
mod versions;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use axiomcore::config::Period;
use axiomcore::limits::Config as Rates;
use axiomcore::tls::{Config, Own, Transport, Version, client_config};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use tempfile::TempDir;
use testbed::Authority;

use crate::http::Running;

/// A server with a certificate for `localhost` from an authority of its own.
struct Protected {
    folder: TempDir,
    authority: Authority,
    running: Running,
    config: Config,
}

impl Protected {
    fn start(change: impl FnOnce(&mut Config)) -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
        let (certificate, key) = authority.sign(&["localhost"]).write(folder.path(), "server");
        std::fs::write(folder.path().join("ca.pem"), authority.certificate()).unwrap();
        let mut config = Config { certificate: Some(certificate), key: Some(key), ..Config::default() };
        config.reload = Period::millis(20);
        change(&mut config);
        let open = |metrics: &_| Transport::open(&config, metrics, Arc::new(SystemClock)).unwrap();
        let running = Running::start_over(open, &Rates::default(), None, |_| {});
        Self { folder, authority, running, config }
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What somebody speaks who believes the authority.
    fn client(&self, minimum: Version, own: Option<&Own>) -> ClientConfig {
        client_config(Some(&self.ca()), own, minimum, SystemClock.now()).unwrap()
    }

    fn get(&self, path: &str) -> std::io::Result<String> {
        Talk::open(self, self.client(Version::Tls12, None), "localhost")?.get(path)
    }

    fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.running.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// The lines of the metrics that begin so.
    fn metric(&self, name: &str) -> Vec<String> {
        let page = self.running.metrics.render();
        page.lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect()
    }
}

/// A protected connection.
pub(crate) struct Talk(StreamOwned<ClientConnection, TcpStream>);

impl Talk {
    /// After the handshake.
    fn open(server: &Protected, config: ClientConfig, name: &str) -> std::io::Result<Self> {
        Self::over(server.tcp(), config, name)
    }

    pub(crate) fn over(tcp: TcpStream, config: ClientConfig, name: &str) -> std::io::Result<Self> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(connection, tcp);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self(stream))
    }

    pub(crate) fn get(&mut self, path: &str) -> std::io::Result<String> {
        write!(self.0, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        // The answers that are asked for here are short and do not end in this.
        while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
            let read = self.0.read(&mut piece)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            answer.extend_from_slice(&piece[..read]);
        }
        Ok(String::from_utf8(answer).unwrap())
    }

    /// The certificate that was shown.
    fn shown(&self) -> Vec<u8> {
        self.0.conn.peer_certificates().unwrap()[0].to_vec()
    }
}

/// Waits until something is so, which it soon is.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{what}: not within five seconds");
}
