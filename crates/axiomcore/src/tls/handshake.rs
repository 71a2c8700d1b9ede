//! From a connection to one that is protected.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Config;
use super::crowd::Crowd;
use super::metrics::TlsMetrics;

/// What every handshake begins with: the type of its record.
const HANDSHAKE: u8 = 22;

/// How long somebody who spoke plain HTTP may take to hear that it was wrong.
const PLAIN: Duration = Duration::from_secs(1);

/// For a program or a person who took the wrong scheme. Nothing of the request is looked at.
const WRONG_SCHEME: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 63\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n\
    This server speaks TLS: write https:// instead of http:// here.";

/// What it takes to shake hands.
pub(crate) struct Handshakes {
    acceptor: TlsAcceptor,
    timeout: Duration,
    crowd: Crowd,
    metrics: TlsMetrics,
}

impl Handshakes {
    pub(super) fn new(config: &Config, server: ServerConfig, metrics: TlsMetrics) -> Self {
        let (timeout, crowd) = (config.handshake_timeout.duration(), Crowd::new(config.max_handshakes));
        Self { acceptor: TlsAcceptor::from(Arc::new(server)), timeout, crowd, metrics }
    }

    /// Shakes hands; `around` is what the protected connection runs over. `None` if that came to nothing: then the
    /// connection has ended.
    pub(crate) async fn shake<S>(&self, stream: TcpStream, around: impl FnOnce(TcpStream) -> S) -> Option<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let place = self.crowd.enter();
        let (outcome, stream) = tokio::select! {
            ended = self.proceed(stream, around) => ended,
            () = tokio::time::sleep(self.timeout) => ("timed_out", None),
            () = place.taken() => ("crowded_out", None),
        };
        self.metrics.handshake(outcome);
        stream
    }

    async fn proceed<S>(
        &self,
        mut stream: TcpStream,
        around: impl FnOnce(TcpStream) -> S,
    ) -> (&'static str, Option<TlsStream<S>>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut first = [0];
        match stream.peek(&mut first).await {
            Ok(1..) if first == [HANDSHAKE] => {}
            Ok(1..) if first[0].is_ascii_uppercase() => {
                explain(&mut stream).await;
                return ("plain_http", None);
            }
            _ => return ("refused", None),
        }
        match self.acceptor.accept(around(stream)).await {
            Ok(stream) => ("completed", Some(stream)),
            Err(error) => {
                tracing::debug!(%error, "a handshake failed: {error}");
                ("refused", None)
            }
        }
    }
}

impl fmt::Debug for Handshakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handshakes({:?})", self.crowd)
    }
}

/// Says what is wrong. What the client has sent is taken, or the answer might be lost with it.
async fn explain(stream: &mut TcpStream) {
    let told = async {
        stream.write_all(WRONG_SCHEME.as_bytes()).await?;
        stream.shutdown().await?;
        let mut taken = [0; 4096];
        while stream.read(&mut taken).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    // Whoever does not listen has lost nothing.
    let _ = tokio::time::timeout(PLAIN, told).await;
}
