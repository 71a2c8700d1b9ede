//! Too much, too many, too long: each is refused early and in words.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use axiomcore::config::{ByteSize, Period};
use axiomcore::limits::Config as Rates;

use super::Running;
use crate::client::{Connection, get};

#[test]
fn headers_are_limited_in_number_and_size() {
    let running = Running::start(|config| {
        config.header_count = 10;
        config.header_limit = ByteSize::kib(2);
    });
    let many: Vec<String> = (0..10).map(|n| format!("x-{n}: a")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for headers in [many.as_slice(), &[&format!("x-long: {}", "a".repeat(2_048))]] {
        let answer = get(running.address, "/hello", headers);
        assert_eq!((answer.status, answer.problem().as_str()), (431, "headers_too_large"));
    }
    assert_eq!(get(running.address, "/hello", &many[..8]).status, 200);
}

#[test]
fn an_answer_that_takes_too_long_is_given_up_unless_it_is_a_stream() {
    let running = Running::start(|config| config.request_timeout = Period::millis(100));
    let answer = get(running.address, "/slow", &[]);
    assert_eq!((answer.status, answer.problem().as_str()), (503, "timed_out"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(get(running.address, "/stream", &[]).text(), "slow");
}

#[test]
fn a_full_server_says_at_once_when_to_come_again_and_still_answers_probes() {
    let running = Running::start(|config| config.max_in_flight = 1);
    let mut first = Connection::open(running.address);
    first.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
    std::thread::sleep(Duration::from_millis(200));
    let refused = get(running.address, "/hello", &[]);
    assert_eq!((refused.status, refused.problem().as_str()), (503, "overloaded"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(get(running.address, "/health/live", &[]).status, 200);
    assert_eq!(first.answer().text(), "slow");
    assert_eq!(get(running.address, "/hello", &[]).status, 200, "the place is free again");
    assert!(running.metrics.render().contains("http_requests_shed_total 1"));
}

#[test]
fn a_client_that_goes_away_frees_its_place_and_is_counted() {
    let running = Running::start(|config| config.max_in_flight = 1);
    let mut connection = Connection::open(running.address);
    connection.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    drop(connection);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(get(running.address, "/hello", &[]).status, 200);
    let page = running.metrics.render();
    assert!(page.contains(r#"http_requests_total{method="GET",route="/slow",status="499"} 1"#), "{page}");
    assert!(page.contains("http_requests_in_flight 0"), "{page}");
}

#[test]
fn one_connection_too_many_waits_until_another_ends() {
    let running = Running::start(|config| config.max_connections = 1);
    let mut first = Connection::open(running.address);
    first.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(first.answer().status, 200);
    let mut second = Connection::open(running.address);
    second.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    assert!(running.metrics.render().contains(r#"route="/hello",status="200"} 1"#));
    drop(first);
    assert_eq!(second.answer().status, 200);
}

#[test]
fn headers_that_stall_lose_the_connection() {
    let running = Running::start(|config| config.header_timeout = Period::millis(100));
    let mut connection = Connection::open(running.address);
    connection.send("GET /hello HTTP/1.1\r\nhost:");
    assert!(connection.is_closed());
}

#[test]
fn a_client_that_asks_and_never_reads_is_let_go() {
    // So many answers that limits by address would come first.
    let rates = Rates { open: None, ..Rates::default() };
    let running = Running::start_with(&rates, None, |config| {
        config.max_connections = 1;
        config.send_timeout = Period::millis(300);
    });
    let mut silent = TcpStream::connect(running.address).unwrap();
    silent.set_write_timeout(Some(Duration::from_millis(100))).unwrap();
    // Until neither side's buffers take any more.
    let asked = "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1_000);
    while silent.write_all(asked.as_bytes()).is_ok() {}
    assert_eq!(get(running.address, "/hello", &[]).status, 200, "its place is free again");
}

#[test]
fn one_address_has_only_so_many_connections_and_a_proxy_as_many_as_it_needs() {
    let few = |behind_proxy| {
        Running::start(move |config| {
            config.max_connections_per_address = 2;
            config.behind_proxy = behind_proxy;
        })
    };
    let asks = |connection: &mut Connection| connection.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    let running = few(false);
    let mut open: Vec<Connection> = (0..2).map(|_| Connection::open(running.address)).collect();
    for connection in &mut open {
        asks(connection);
        assert_eq!(connection.answer().status, 200);
    }
    assert!(Connection::open(running.address).is_closed());
    assert!(running.metrics.render().contains("http_connections_refused_total 1"));
    open.pop();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(get(running.address, "/hello", &[]).status, 200, "a place is free again");
    let proxied = few(true);
    let mut open: Vec<Connection> = (0..5).map(|_| Connection::open(proxied.address)).collect();
    for connection in &mut open {
        asks(connection);
        assert_eq!(connection.answer().status, 200);
    }
}
