//! Starting where it is safe, stopping without dropping a request.

use std::time::Duration;

use axiomcore::config::{Period, Schema, Sources};
use axiomcore::http::{Config, Health, Server, ServerError, exposed};
use axiomcore::telemetry::Metrics;
use axiomcore::tls::Transport;

use super::{Running, application};
use crate::client::Connection;

#[test]
fn a_request_that_has_begun_is_answered_and_its_connection_told_to_close() {
    let mut running = Running::start(|_| {});
    let mut connection = Connection::open(running.address);
    connection.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
    std::thread::sleep(Duration::from_millis(200));
    running.ask_to_stop();
    let answer = connection.answer();
    assert_eq!((answer.text().as_str(), answer.header("connection")), ("slow", Some("close")));
    assert!(connection.is_closed());
    assert_eq!(running.stop(), 0);
}

#[test]
fn a_request_that_takes_longer_than_the_bound_is_cut_off_and_reported() {
    let mut running = Running::start(|config| config.stop_timeout = Period::millis(100));
    let mut connection = Connection::open(running.address);
    connection.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(running.stop(), 1);
    assert!(connection.is_closed());
}

#[test]
fn beyond_loopback_a_proxy_has_to_be_named_where_there_is_no_certificate() {
    let refused = |flags: &[(&str, &str)]| {
        let flags = flags.iter().map(|(key, value)| ((*key).to_owned(), (*key).to_owned(), (*value).to_owned()));
        let schema = Schema::new("X").with::<Config>().with::<axiomcore::tls::Config>().checked(exposed);
        let loaded = schema.load(&Sources { flags: flags.collect(), ..Sources::default() });
        loaded.err().map(|faults| faults.0[0].to_string())
    };
    let listen = ("http.listen", "0.0.0.0:0");
    assert!(refused(&[listen]).unwrap().contains("0.0.0.0:0 is reached over the network"));
    assert!(refused(&[("http.metrics_listen", "0.0.0.0:0")]).unwrap().starts_with("http.metrics_listen"));
    let certificate = [listen, ("tls.certificate", "c.pem"), ("tls.key", "c.key")];
    assert_eq!(refused(&certificate), None);
    assert!(refused(&certificate[..2]).unwrap().contains("--tls-key"));
    assert_eq!(refused(&[listen, ("http.behind_proxy", "true"), ("profile", "production")]), None);
    let [exposed, named] = [false, true].map(|behind_proxy| Config {
        behind_proxy,
        listen: ([0, 0, 0, 0], 0).into(),
        metrics_listen: None,
        ..Config::default()
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let build = |config: Config| {
        let (metrics, health) = (Metrics::new(), Health::new());
        let application = application(&config, &metrics, &health);
        let transport = Transport::plain(&metrics);
        let server = Server::build(&config, &transport, application, &metrics, health);
        runtime.block_on(server).map(|server| server.address())
    };
    assert!(matches!(build(exposed), Err(ServerError::Exposed(fault)) if fault.to_string().contains("behind_proxy")));
    assert!(build(named).is_ok());
}
