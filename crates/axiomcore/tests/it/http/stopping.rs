//! Starting where it is safe, stopping without dropping a request.

use std::time::Duration;

use axiomcore::config::{Checks, Period, Profile};
use axiomcore::http::{Config, Health, Server, ServerError};
use axiomcore::telemetry::Metrics;

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
fn beyond_loopback_a_proxy_has_to_be_named() {
    let exposed = Config { listen: ([0, 0, 0, 0], 0).into(), metrics_listen: None, ..Config::default() };
    let named = Config { behind_proxy: true, ..exposed.clone() };
    assert_eq!(exposed.check(Profile::Development)[0].key, "http.listen");
    assert!(named.check(Profile::Production).is_empty());
    let metrics = Config { metrics_listen: Some(([0, 0, 0, 0], 0).into()), ..Config::default() };
    assert_eq!(metrics.check(Profile::Development)[0].key, "http.metrics_listen");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let build = |config: Config| {
        let (metrics, health) = (Metrics::new(), Health::new());
        let application = application(&config, &metrics, &health);
        runtime.block_on(Server::build(&config, application, &metrics, health)).map(|server| server.address())
    };
    assert!(matches!(build(exposed), Err(ServerError::Exposed(fault)) if fault.to_string().contains("behind_proxy")));
    assert!(build(named).is_ok());
}
