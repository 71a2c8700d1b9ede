//! Addresses that somebody only claims to have.

use crate::api::{Client, Installation};

const NAMES: [&str; 10] = [
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "x-remote-addr",
];

fn asks(client: &Client, name: &str, value: &str) -> u16 {
    client.send("GET", "/openapi.json", &[(name, value)], "").status
}

#[test]
fn whatever_somebody_claims_they_are_counted_by_the_address_they_have() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "limits.open=3/1h"]);
    let stranger = server.stranger();
    let statuses: Vec<u16> = (0..3).map(|n| asks(&stranger, "x-forwarded-for", &format!("203.0.113.{n}"))).collect();
    assert_eq!(statuses, [200; 3]);
    for (n, name) in NAMES.iter().enumerate() {
        let value = if *name == "forwarded" { format!("for=198.51.100.{n}") } else { format!("198.51.100.{n}") };
        assert_eq!(asks(&stranger, name, &value), 429, "{name}");
    }
}

#[test]
fn a_trusted_proxy_is_believed_for_what_it_saw_and_for_nothing_else() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--behind-proxy", "--set", "limits.open=1/1h"]);
    let proxy = server.stranger();
    for (value, status) in [
        ("203.0.113.1", 200),
        ("203.0.113.2", 200),
        ("203.0.113.1", 429),
        ("192.0.2.1, 203.0.113.1", 429),
        ("192.0.2.2, 192.0.2.3, 203.0.113.2", 429),
        ("2001:db8::1", 200),
        ("2001:db8::2", 429),
    ] {
        assert_eq!(asks(&proxy, "x-forwarded-for", value), status, "{value}");
    }
    assert_eq!(asks(&proxy, "forwarded", "for=203.0.113.9"), 200, "counted as the proxy itself");
    assert_eq!(asks(&proxy, "forwarded", "for=203.0.113.10"), 429);
    let (_, log) = server.stop();
    assert!(log.contains("203.0.113.1") && !log.contains("192.0.2."), "the record names who was seen: {log}");
}
