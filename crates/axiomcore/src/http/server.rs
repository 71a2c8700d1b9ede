//! The server: bound first, so that its address is known, then run until it is told to stop.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::net::TcpListener;

use super::caller::Proxies;
use super::connection::{Listener, protocol};
use super::crowd::Crowd;
use super::headers::{StrictTransport, secure};
use super::{Application, Config, Health};
use crate::config::Fault;
use crate::lifecycle::{StopSwitch, Stopping};
use crate::telemetry::Metrics;
use crate::tls::Transport;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Credentials would cross a network in the clear.
    #[error("{0}")]
    Exposed(Fault),
    /// The address is taken or not ours.
    #[error("cannot listen on {0}: {1}")]
    Unbound(SocketAddr, std::io::Error),
}

/// A server that listens and does not answer yet.
pub struct Server {
    api: Listener,
    metrics: Option<Listener>,
    /// Answers whoever asks for nothing secret.
    beside: Option<Listener>,
    health: Health,
    stop_delay: Duration,
    stop_timeout: Duration,
}

impl Server {
    /// Binds the addresses; `transport` is how connections are received. Connections wait until
    /// [`run_until_stopped`](Self::run_until_stopped).
    ///
    /// # Errors
    /// If an address is beyond loopback without TLS or a proxy, or cannot be bound.
    pub async fn build(
        config: &Config,
        transport: &Transport,
        application: Application,
        metrics: &Metrics,
        health: Health,
    ) -> Result<Self, ServerError> {
        if let Some(fault) = config.exposed(transport.is_encrypted()).into_iter().next() {
            return Err(ServerError::Exposed(fault));
        }
        let crowd = Crowd::new(config.max_connections_per_address, &Proxies::new(config), metrics);
        let metrics = match config.metrics_listen {
            Some(address) => Some(
                listen(config, address, scraped(config, metrics.clone()), scraper(transport, address), &crowd).await?,
            ),
            None => None,
        };
        Ok(Self {
            api: listen(config, config.listen, application.router, transport.clone(), &crowd).await?,
            metrics,
            beside: None,
            health,
            stop_delay: config.stop_delay.duration(),
            stop_timeout: config.stop_timeout.duration(),
        })
    }

    /// With another address on which this is served in the clear, to the end: for what has to be asked without a
    /// certificate and is no secret.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn beside(mut self, config: &Config, address: SocketAddr, router: Router) -> Result<Self, ServerError> {
        let router = router.layer(from_fn_with_state(StrictTransport::new(config), secure));
        let (transport, crowd) = (self.api.transport.in_the_clear(), self.api.crowd.clone());
        self.beside = Some(listen(config, address, router, transport, &crowd).await?);
        Ok(self)
    }

    /// Where that is.
    pub fn beside_address(&self) -> Option<SocketAddr> {
        self.beside.as_ref().map(|listener| listener.address)
    }

    /// Where the API is, with the port that was found if none was asked for.
    pub fn address(&self) -> SocketAddr {
        self.api.address
    }

    /// The beginning of the API's address: `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        self.api.transport.scheme()
    }

    /// Where the metrics are.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|listener| listener.address)
    }

    /// Answers until a stop is asked for. Then: not ready any more, a delay for load balancers to notice, no new
    /// connections, open requests end. Returns how many connections had to be cut off; metrics are served to the end.
    pub async fn run_until_stopped(self, stopping: Stopping) -> usize {
        tracing::info!(address = %self.api.address, "listening on {}://{}", self.scheme(), self.api.address);
        tokio::spawn(self.api.transport.clone().follow_files(stopping.clone()));
        let (api_switch, api_stopping) = StopSwitch::new();
        let (metrics_switch, metrics_stopping) = StopSwitch::new();
        let others: Vec<_> = [self.metrics, self.beside]
            .into_iter()
            .flatten()
            .map(|listener| tokio::spawn(listener.serve(metrics_stopping.clone(), Duration::ZERO)))
            .collect();
        let (health, delay) = (self.health.clone(), self.stop_delay);
        let sequence = async move {
            stopping.requested().await;
            health.stopping();
            tokio::time::sleep(delay).await;
            api_switch.stop();
        };
        let ((), n_cut) = tokio::join!(sequence, self.api.serve(api_stopping, self.stop_timeout));
        metrics_switch.stop();
        for other in others {
            // It has nothing to lose: a scrape that is cut off comes again.
            let _ = other.await;
        }
        tracing::info!(connections_cut = n_cut, "stopped answering");
        n_cut
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.api.address)
    }
}

/// Metrics that stay on the machine need no protection, and no scraper there knows the certificate's name.
fn scraper(transport: &Transport, address: SocketAddr) -> Transport {
    if address.ip().is_loopback() { transport.in_the_clear() } else { transport.clone() }
}

async fn listen(
    config: &Config,
    address: SocketAddr,
    router: Router,
    transport: Transport,
    crowd: &Crowd,
) -> Result<Listener, ServerError> {
    let unbound = |error| ServerError::Unbound(address, error);
    let socket = TcpListener::bind(address).await.map_err(unbound)?;
    let address = socket.local_addr().map_err(unbound)?;
    let (protocol, send_timeout) = (protocol(config), config.send_timeout.duration());
    let (max_connections, proxies, crowd) = (config.max_connections, Proxies::new(config), crowd.clone());
    Ok(Listener { socket, address, router, transport, protocol, max_connections, send_timeout, proxies, crowd })
}

/// The address for metrics answers nothing else.
fn scraped(config: &Config, metrics: Metrics) -> Router {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let page = get(move || async move { ([(CONTENT_TYPE, OPEN_METRICS)], metrics.render()) });
    Router::new().route("/metrics", page).layer(from_fn_with_state(StrictTransport::new(config), secure))
}
