//! Who is at the other end: the client, seen through proxies that are trusted to name it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::{Config, ForwardedHeader, Networks, Problem};

/// The client of a request, in the request's extensions. An extractor for handlers that need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its address: the other end of the connection or, if that is a trusted proxy, whom it speaks for.
    pub address: IpAddr,
    /// Whether it came over TLS, here or to the proxy.
    pub secure: bool,
    /// The other end of the connection.
    pub peer: SocketAddr,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get().copied();
        caller.ok_or_else(|| Problem::internal("a request came without its caller: not through the server"))
    }
}

/// Which proxies are believed. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Proxies(Arc<Trust>);

#[derive(Debug)]
struct Trust {
    networks: Networks,
    header: ForwardedHeader,
}

impl Proxies {
    pub(super) fn new(config: &Config) -> Self {
        let own = config.behind_proxy && config.trusted_proxies.is_empty();
        let networks = if own { Networks::loopback() } else { config.trusted_proxies.clone() };
        Self(Arc::new(Trust { networks, header: config.forwarded_header }))
    }

    /// Whether a proxy with this address is believed.
    pub(super) fn include(&self, address: IpAddr) -> bool {
        self.0.networks.contain(address)
    }

    /// A connection, which is always the same proxy's or client's.
    pub(super) fn connection(&self, peer: SocketAddr, encrypted: bool) -> Line {
        let address = peer.ip().to_canonical();
        let proxy = self.include(address).then(|| self.0.clone());
        Line { direct: Caller { address, secure: encrypted, peer }, proxy }
    }
}

/// One connection, with who may be at its other end.
#[derive(Clone, Debug)]
pub(super) struct Line {
    direct: Caller,
    /// Of a proxy that is believed.
    proxy: Option<Arc<Trust>>,
}

impl Line {
    /// The other end of the connection.
    pub(super) const fn peer(&self) -> SocketAddr {
        self.direct.peer
    }

    /// Whose request this is.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Caller {
        let client = self.proxy.as_ref().and_then(|trust| trust.header.client(headers, &trust.networks));
        client.map_or(self.direct, |(address, secure)| Caller { address, secure, ..self.direct })
    }
}
