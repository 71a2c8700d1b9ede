//! The connection to the receiver.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Target;
use crate::clock::Timestamp;
use crate::config::{Raw, Setting};
use crate::tls::{Version, client_config};

/// How long connecting and each write may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A stream: what breaks is seen, and sent again.
    Tcp,
    /// The same, read by nobody in between, to a receiver that shows who it is.
    Tls,
    /// Datagrams: what is lost is lost.
    Udp,
}

impl Setting for Protocol {
    const FORM: &'static str = "tcp, tls or udp";

    fn read(raw: &Raw) -> Option<Self> {
        match String::read(raw)?.as_str() {
            "tcp" => Some(Self::Tcp),
            "tls" => Some(Self::Tls),
            "udp" => Some(Self::Udp),
            _ => None,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Tcp => "\"tcp\"".into(),
            Self::Tls => "\"tls\"".into(),
            Self::Udp => "\"udp\"".into(),
        }
    }
}

/// A stream of bytes in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for S {}

/// A connection to the receiver.
pub(super) enum Line {
    Stream(Box<dyn Stream>),
    Datagrams(UdpSocket),
}

impl Line {
    /// Connects.
    pub(super) async fn open(target: &Target) -> io::Result<Self> {
        let address = &target.address;
        let connect = async {
            match target.protocol {
                Protocol::Tls => Ok(Self::Stream(Box::new(encrypted(target).await?))),
                Protocol::Tcp => Ok(Self::Stream(Box::new(TcpStream::connect(address).await?))),
                Protocol::Udp => {
                    let to = lookup_host(address).await?.next().ok_or(io::ErrorKind::NotFound)?;
                    let from: SocketAddr = if to.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
                    let socket = UdpSocket::bind(from).await?;
                    socket.connect(to).await?;
                    Ok(Self::Datagrams(socket))
                }
            }
        };
        timeout(PATIENCE, connect).await?
    }

    /// Sends a message.
    pub(super) async fn send(&mut self, message: &[u8]) -> io::Result<()> {
        match self {
            Self::Stream(stream) => timeout(PATIENCE, stream.write_all(message)).await?,
            Self::Datagrams(socket) => match timeout(PATIENCE, socket.send(message)).await? {
                // Nobody listened to the one before; this one is as lost as that.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
                sent => sent.map(drop),
            },
        }
    }

    /// Pushes out what was sent, and fails if the other end has gone: a receiver says nothing, so that what it says is
    /// that it is gone.
    pub(super) async fn settle(&mut self) -> io::Result<()> {
        let Self::Stream(stream) = self else { return Ok(()) };
        timeout(PATIENCE, stream.flush()).await??;
        let mut heard = [0; 256];
        match timeout(Duration::from_millis(1), stream.read(&mut heard)).await {
            Ok(Ok(0)) => Err(io::ErrorKind::ConnectionAborted.into()),
            Ok(read) => read.map(drop),
            Err(_silent) => Ok(()),
        }
    }
}

/// A stream to a receiver that has shown a certificate for the name under which it is called.
async fn encrypted(target: &Target) -> io::Result<TlsStream<TcpStream>> {
    // Made anew each time: the file with authorities may have been replaced.
    let config = client_config(target.ca.as_deref(), None, Version::Tls12, Timestamp(0)).map_err(io::Error::other)?;
    let host = target.address.rsplit_once(':').map_or(&*target.address, |(host, _)| host);
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(io::Error::other)?;
    let stream = TcpStream::connect(&target.address).await?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(told)
}

/// What operators can do about a certificate that is not believed.
fn told(error: io::Error) -> io::Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(why)) => io::Error::new(
            error.kind(),
            format!(
                "its certificate is not believed: {why}; audit.syslog_tls_ca names the authority, audit.syslog_address the name in it"
            ),
        ),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use testbed::{Authority, TlsListener};

    use super::*;
    use crate::audit::{ExportFormat, Product};

    fn target(address: String, ca: Option<PathBuf>) -> Target {
        let product = Product { name: "kettles", version: "1" };
        Target { address, protocol: Protocol::Tls, ca, format: ExportFormat::Cef, product }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_the_receiver_that_is_meant_gets_anything() {
        let (folder, ours) = (tempfile::tempdir().unwrap(), Authority::new("receivers"));
        let ca = |authority: &Authority, name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, authority.certificate()).unwrap();
            Some(path)
        };
        let (right, wrong) = (ca(&ours, "right.pem"), ca(&Authority::new("receivers"), "wrong.pem"));
        let listener = TlsListener::start(&ours.sign(&["127.0.0.1"]));
        let mut line = Line::open(&target(listener.address(), right.clone())).await.unwrap();
        line.send(b"hello").await.unwrap();
        line.settle().await.unwrap();
        assert_eq!(listener.heard(5), b"hello");
        let elsewhere = TlsListener::start(&ours.sign(&["siem.example.org"]));
        for (address, ca, why) in [
            (listener.address(), wrong, "BadSignature"),
            (listener.address(), None, "UnknownIssuer"),
            (elsewhere.address(), right, "not valid for name"),
        ] {
            let refused = Line::open(&target(address, ca)).await.err().unwrap().to_string();
            assert!(refused.contains("not believed") && refused.contains(why), "{refused}");
            assert!(refused.contains("audit.syslog_tls_ca"), "{refused}");
        }
    }
}
