//! The real server with a certificate of an authority that only the test knows.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use axiomcore::tls::{Own, Version, client_config};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use testbed::{Authority, Issued};

use super::{Installation, Server};

/// A running server behind TLS.
pub(crate) struct Encrypted {
    pub(crate) installation: Installation,
    pub(crate) authority: Authority,
    pub(crate) server: Server,
}

impl Encrypted {
    /// With further arguments. The certificate is for `localhost`.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let (installation, authority) = (Installation::sqlite(), Authority::new("ours"));
        installation.secret("ca.pem", &authority.certificate());
        authority.sign(&["localhost"]).write(installation.folder(), "server");
        // Relative to the folder, which is where the server works.
        let tls = ["--tls-cert", "server.pem", "--tls-key", "server.key", "--set", "tls.reload=50ms"];
        let server = installation.start_with(&[&tls[..], arguments].concat());
        Self { installation, authority, server }
    }

    /// Where it is, under the name on its certificate.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.server.address().rsplit_once(':').unwrap().1)
    }

    /// Whose certificates are to be believed.
    pub(crate) fn ca(&self) -> PathBuf {
        self.installation.folder().join("ca.pem")
    }

    /// Puts another certificate where the server looks for its own.
    pub(crate) fn replace(&self, issued: &Issued) {
        issued.write(self.installation.folder(), "server");
    }

    /// What somebody speaks who believes the authority.
    pub(crate) fn config(&self, own: Option<&Own>) -> ClientConfig {
        client_config(Some(&self.ca()), own, Version::Tls12, SystemClock.now()).unwrap()
    }

    /// A bare connection.
    pub(crate) fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// A protected connection, with the certificate that was shown.
    pub(crate) fn connect(&self, config: ClientConfig, name: &str) -> Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = ServerName::try_from(name.to_owned()).map_err(Error::other)?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(Error::other)?;
        let mut stream = StreamOwned::new(connection, self.tcp());
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(stream)
    }

    /// The status of an answer to a request for the health of the server.
    pub(crate) fn lives(&self, config: ClientConfig) -> Result<u16> {
        status(&mut self.connect(config, "localhost")?)
    }

    /// The certificate that is served now.
    pub(crate) fn shown(&self) -> Vec<u8> {
        let stream = self.connect(self.config(None), "localhost").unwrap();
        stream.conn.peer_certificates().unwrap()[0].to_vec()
    }
}

/// Asks on an open connection whether the server lives.
pub(crate) fn status(stream: &mut (impl Read + Write)) -> Result<u16> {
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    let mut answer = [0; 4096];
    let mut length = 0;
    // The body is short and ends as JSON does.
    while !answer[..length].ends_with(b"}") {
        let read = stream.read(&mut answer[length..])?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        length += read;
    }
    let status = std::str::from_utf8(&answer[9..12]).ok().and_then(|text| text.parse().ok());
    status.ok_or_else(|| Error::other("no status"))
}
