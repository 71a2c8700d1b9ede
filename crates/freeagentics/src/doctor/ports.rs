//! The addresses to listen on: free, or the server's own.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axiomcore::config::Settings;
use axiomcore::{http, tls};

use super::{Findings, folder::Folder};
use crate::client::credulous;

/// How long a server may take to say that it lives.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn look(settings: &Settings, folder: &Folder, findings: &mut Findings) {
    let config: http::Config = settings.section();
    let scheme = if settings.section::<tls::Config>().is_on() { "https" } else { "http" };
    address("http.listen", config.listen, (scheme, "/health/live"), folder, findings);
    if let Some(metrics) = config.metrics_listen {
        let scheme = if metrics.ip().is_loopback() { "http" } else { scheme };
        address("http.metrics_listen", metrics, (scheme, "/metrics"), folder, findings);
    }
}

fn address(key: &str, address: SocketAddr, path: (&str, &str), folder: &Folder, findings: &mut Findings) {
    // Port 0 takes whatever is free.
    let error = match TcpListener::bind(address) {
        Ok(_) if folder.is_in_use && address.port() != 0 => {
            let mend = "look where it was told to listen: freeagentics config --effective with its settings";
            let what = format!("{key}: nobody listens on {address}, and yet a server uses the data folder");
            return findings.notice("ports", what, mend);
        }
        Ok(_) => return findings.good("ports", format!("{key}: {address} is free")),
        Err(error) => error,
    };
    match error.kind() {
        io::ErrorKind::AddrInUse if folder.is_in_use && lives(address, path) => {
            findings.good("ports", format!("{key}: the server answers on {address}"));
        }
        io::ErrorKind::AddrInUse => {
            let other = address.port().checked_add(1).unwrap_or(8080);
            let mend = format!(
                "stop who listens there (`ss -ltnp` names it), or set {key} to another, such as {}:{other}",
                address.ip()
            );
            findings.wrong("ports", format!("{key}: {address} is taken by another program"), mend);
        }
        io::ErrorKind::PermissionDenied => {
            let mend = format!("set {key} to a port from 1024 on, and let a proxy have the lower one");
            findings.wrong("ports", format!("{key}: this user may not listen on {address}"), mend);
        }
        _ => {
            let mend = format!("set {key} to an address that this machine has; `ip addr` lists them");
            findings.wrong("ports", format!("{key}: {address} cannot be listened on: {error}"), mend);
        }
    }
}

/// Whether what listens there answers as this server does.
fn lives(address: SocketAddr, (scheme, path): (&str, &str)) -> bool {
    let config =
        ureq::Agent::config_builder().proxy(None).tls_config(credulous()).timeout_global(Some(PATIENCE)).build();
    config.new_agent().get(format!("{scheme}://{address}{path}")).call().is_ok()
}
