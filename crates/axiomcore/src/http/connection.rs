//! One listener: accepts connections and serves a router on each until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::Service;

use super::Config;
use super::caller::{Line, Proxies};
use super::crowd::{Crowd, Place};
use super::patience::Patient;
use crate::lifecycle::Stopping;
use crate::tls::Transport;

/// How long to wait after accepting failed: the usual reason is that no more files may be opened.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// A bound listener with what it serves.
pub(super) struct Listener {
    pub(super) socket: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) router: Router,
    pub(super) transport: Transport,
    pub(super) protocol: Arc<http1::Builder>,
    pub(super) max_connections: usize,
    pub(super) send_timeout: Duration,
    pub(super) proxies: Proxies,
    pub(super) crowd: Crowd,
}

/// How HTTP/1.1 is spoken. A client that is slow with its headers, or idle, is let go.
pub(super) fn protocol(config: &Config) -> Arc<http1::Builder> {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout.duration())
        .max_headers(Config::HARD_HEADER_COUNT)
        .max_buf_size(Config::HARD_HEADER_LIMIT);
    Arc::new(protocol)
}

impl Listener {
    /// Serves until `stopping`, then lets open requests end, at most for `patience`. Returns how many connections were
    /// cut off.
    pub(super) async fn serve(self, stopping: Stopping, patience: Duration) -> usize {
        let mut connections = JoinSet::new();
        self.accept(&mut connections, &stopping).await;
        // From here on nobody can connect, while those who are connected get their answers.
        drop(self.socket);
        let all_ended = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(patience, all_ended).await;
        let n_cut = connections.len();
        connections.shutdown().await;
        n_cut
    }

    async fn accept(&self, connections: &mut JoinSet<()>, stopping: &Stopping) {
        loop {
            let has_room = connections.len() < self.max_connections;
            tokio::select! {
                () = stopping.requested() => return,
                Some(_) = connections.join_next() => {}
                accepted = self.socket.accept(), if has_room => match accepted {
                    Ok((stream, peer)) => {
                        // Who has too many is not even told so: that would cost what it is to save.
                        if let Some(place) = self.crowd.enter(peer.ip()) {
                            connections.spawn(within(place, self.converse(stream, peer, stopping.clone())));
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted: {error}");
                        tokio::time::sleep(AFTER_FAILURE).await;
                    }
                },
            }
        }
    }

    /// One connection: protected first, if it is to be, and then all its requests.
    fn converse(&self, stream: TcpStream, peer: SocketAddr, stopping: Stopping) -> impl Future<Output = ()> + 'static {
        let (protocol, router, patience) = (self.protocol.clone(), self.router.clone(), self.send_timeout);
        let line = self.proxies.connection(peer, self.transport.is_encrypted());
        let handshakes = self.transport.handshakes();
        async move {
            // Small answers must not wait for the client's acknowledgement of earlier ones.
            let _ = stream.set_nodelay(true);
            let Some(handshakes) = handshakes else {
                return answer(Patient::new(stream, patience), &protocol, router, line, stopping).await;
            };
            let shaken = tokio::select! {
                shaken = handshakes.shake(stream, |stream| Patient::new(stream, patience)) => shaken,
                // Nothing was asked yet.
                () = stopping.requested() => return,
            };
            if let Some(stream) = shaken {
                answer(stream, &protocol, router, line, stopping).await;
            }
        }
    }
}

/// All requests of one connection.
async fn answer<S>(stream: S, protocol: &http1::Builder, router: Router, line: Line, stopping: Stopping)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = line.peer();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let caller = line.caller(request.headers());
        request.extensions_mut().insert(caller);
        router.clone().call(request)
    });
    let connection = protocol.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.requested() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early: {error}");
    }
}

/// A connection that has its place among those of its address for as long as it lasts.
async fn within(place: Place, conversation: impl Future<Output = ()>) {
    conversation.await;
    drop(place);
}
