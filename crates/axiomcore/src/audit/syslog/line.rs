//! The connection to the receiver.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::timeout;

use crate::config::{Raw, Setting};

/// How long connecting and each write may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A stream: what breaks is seen, and sent again.
    Tcp,
    /// Datagrams: what is lost is lost.
    Udp,
}

impl Setting for Protocol {
    const FORM: &'static str = "tcp or udp";

    fn read(raw: &Raw) -> Option<Self> {
        match String::read(raw)?.as_str() {
            "tcp" => Some(Self::Tcp),
            "udp" => Some(Self::Udp),
            _ => None,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Tcp => "\"tcp\"".into(),
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
    /// Connects to `host:port`.
    pub(super) async fn open(address: &str, protocol: Protocol) -> io::Result<Self> {
        let connect = async {
            match protocol {
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
