//! Configuration of the server.

use std::net::SocketAddr;

use axum::http::HeaderValue;

use super::{ForwardedHeader, Networks};
use crate::config::{ByteSize, Checks, Fault, Period, Profile, Settings};
use crate::tls;

crate::settings! {
    /// How requests are accepted, limited and answered.
    pub struct Config in "http" {
        /// The address to listen on. Beyond the loopback address the server starts only with TLS (`tls.certificate`) or
        /// `behind_proxy`, because credentials must not cross a network in the clear.
        pub listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
        /// The address for metrics, which need no credential there. Beyond the loopback address they go over TLS if the
        /// server speaks it. Empty turns it off.
        pub metrics_listen: Option<SocketAddr> = Some(SocketAddr::from(([127, 0, 0, 1], 9464)));
        /// Says that a proxy in front of the server ends TLS, and that nobody else reaches the server.
        pub behind_proxy: bool = false;
        /// The addresses of proxies that are believed when they say whom they speak for. From anybody else such headers
        /// mean nothing. Empty together with `behind_proxy` means this machine's own addresses.
        pub trusted_proxies: Networks = Networks::default();
        /// The header in which the proxies say so. Only this one is read, because proxies pass the other on as the
        /// client sent it.
        pub forwarded_header: ForwardedHeader = ForwardedHeader::XForwardedFor;
        /// The largest body of a request. Some routes have limits of their own.
        pub body_limit: ByteSize = ByteSize::mib(1);
        /// How long a body may take to arrive.
        pub body_timeout: Period = Period::seconds(20);
        /// The most that all headers of a request may hold, at most 48KiB.
        pub header_limit: ByteSize = ByteSize::kib(16);
        /// The most headers that a request may have, at most 100.
        pub header_count: usize = 64;
        /// How long headers may take to arrive; also how long an idle connection is kept.
        pub header_timeout: Period = Period::seconds(30);
        /// How long a client may leave what it is sent without taking any of it.
        pub send_timeout: Period = Period::seconds(30);
        /// How long an answer may take to begin.
        pub request_timeout: Period = Period::seconds(30);
        /// How many requests are answered at the same time; more are told at once to come again.
        pub max_in_flight: usize = 1024;
        /// How many connections are open at the same time; more wait outside.
        pub max_connections: usize = 8192;
        /// How many of them one address may have (of IPv6, a /64); more are closed at once. Trusted proxies may have any.
        /// Well below `max_in_flight`, so that one address does not take all places by sending slowly.
        pub max_connections_per_address: usize = 256;
        /// Over TLS, browsers are told to come by nothing else for two years. This also tells them so of all subdomains,
        /// and lets the domain be built into browsers (hstspreload.org), which is hard to take back.
        pub hsts_preload: bool = false;
        /// Whether answers are compressed for clients that ask for it.
        pub compression: bool = true;
        /// Origins (such as `https://console.example.org`) whose pages may call the API from a browser.
        pub cors_origins: Vec<String> = Vec::new();
        /// How long the server goes on accepting after it has said that it is not ready any more, so that a load
        /// balancer can notice.
        pub stop_delay: Period = Period::seconds(0), production = "5s";
        /// How long requests in flight may take to end when the server stops.
        pub stop_timeout: Period = Period::seconds(20);
    }
}

impl Config {
    /// What hyper may buffer: more than our own limit, so that ours answers first and with a document.
    pub(super) const HARD_HEADER_LIMIT: usize = 64 << 10;
    /// As many headers as hyper parses.
    pub(super) const HARD_HEADER_COUNT: usize = 128;

    fn addresses(&self) -> impl Iterator<Item = (&'static str, SocketAddr)> {
        let metrics = self.metrics_listen.map(|address| ("http.metrics_listen", address));
        [("http.listen", self.listen)].into_iter().chain(metrics)
    }

    /// Addresses that would be reached over a network in the clear, unless the server speaks TLS itself.
    pub(super) fn exposed(&self, encrypted: bool) -> Vec<Fault> {
        let safe = encrypted || self.behind_proxy;
        let exposed = self.addresses().filter(|(_, address)| !safe && !address.ip().is_loopback());
        let why = "is reached over the network, and credentials would cross it in the clear: give a certificate with \
                   --tls-cert and --tls-key (tls.certificate, tls.key), or listen on 127.0.0.1, or put a proxy with TLS in \
                   front and say so with http.behind_proxy = true";
        exposed.map(|(key, address)| Fault::new(key, format!("{address} {why}"))).collect()
    }
}

/// The same of settings: a check for a [`Schema`](crate::config::Schema), since it is about two sections.
pub fn exposed(settings: &Settings) -> Vec<Fault> {
    let encrypted = settings.section::<tls::Config>().is_on();
    settings.section::<Config>().exposed(encrypted)
}

impl Checks for Config {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, key: &str, why: &str| {
            if wrong {
                faults.push(Fault::new(format!("http.{key}"), why));
            }
        };
        refuse(self.max_in_flight == 0, "max_in_flight", "nothing would ever be answered: at least 1");
        refuse(self.max_connections == 0, "max_connections", "nobody could ever connect: at least 1");
        refuse(
            self.max_connections_per_address == 0,
            "max_connections_per_address",
            "nobody could ever connect: at least 1",
        );
        refuse(
            self.send_timeout.duration().is_zero(),
            "send_timeout",
            "nobody could take anything: longer than nothing",
        );
        refuse(self.header_limit > ByteSize::kib(48), "header_limit", "at most 48KiB");
        refuse(self.header_count > 100, "header_count", "at most 100");
        for origin in &self.cors_origins {
            let production = profile == Profile::Production;
            let secure = origin.starts_with("https://") || !production && origin.starts_with("http://");
            let is_origin = secure && origin.matches('/').count() == 2 && HeaderValue::from_str(origin).is_ok();
            let scheme = if production { "https://" } else { "https:// or http://" };
            let why = format!("`{origin}` is no origin: {scheme} and a host, without a path (`*` is not accepted)");
            refuse(!is_origin, "cors_origins", &why);
        }
        faults
    }
}
