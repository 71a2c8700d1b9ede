//! Answers without the headers that browsers need.

use std::io::{Read, Write};

use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::api::client::Answer;
use crate::api::{Encrypted, Installation, Server};

/// Each header, and what has to be in it.
const SET: [(&str, &str); 10] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "0"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-permitted-cross-domain-policies", "none"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("cache-control", "no-"),
];

#[track_caller]
fn scan(what: &str, answer: &Answer) {
    for (name, part) in SET {
        let value = answer.header(name).unwrap_or_else(|| panic!("{what}: {} without {name}", answer.status));
        assert!(value.contains(part), "{what}: {name}: {value}");
    }
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src '") && !policy.contains("unsafe"), "{what}: {policy}");
    assert!(answer.headers.get("server").is_none() && answer.headers.get("x-powered-by").is_none(), "{what}");
    assert!(answer.header("x-request-id").is_some() || what.starts_with("metrics"), "{what}");
    let is_empty = answer.text.is_empty();
    assert!(is_empty || answer.header("content-type").is_some(), "{what}: content without a type");
}

/// Something in each place of an address.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_answers_with_the_whole_set() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let document = server.stranger().get("/openapi.json").json();
    let mut n_answers = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        // A stream would not end; a stranger gets none.
        let is_stream = path.ends_with("/events") || path.ends_with("/ws");
        for method in methods.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let target = filled(path);
            scan(&format!("{method} {path} for a stranger"), &server.stranger().send(&method, &target, &[], ""));
            n_answers += 1;
            if !is_stream {
                scan(&format!("{method} {path}"), &server.client().send(&method, &target, &[], ""));
                n_answers += 1;
            }
        }
    }
    assert!(n_answers > 60, "{n_answers}");
}

#[test]
fn every_kind_of_refusal_has_it_too() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "http.body_limit=4KiB", "--set", "limits.read=20/1h"]);
    let (client, stranger) = (server.client(), server.stranger());
    let json = [("content-type", "application/json")];
    let many: Vec<(String, &str)> = (0..70).map(|n| (format!("x-{n}"), "a")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    for (status, answer) in [
        (400, client.send("POST", "/api/v1/keys", &json, "{")),
        (401, stranger.get("/api/v1/models")),
        (404, stranger.get("/nowhere")),
        (405, stranger.send("PUT", "/openapi.json", &[], "")),
        (413, client.send("POST", "/api/v1/keys", &json, &"x".repeat(10_000))),
        (415, client.send("POST", "/api/v1/keys", &[("content-type", "text/plain")], "{}")),
        (422, client.send("POST", "/api/v1/keys", &json, "{}")),
        (431, stranger.send("GET", "/openapi.json", &many, "")),
    ] {
        assert_eq!(answer.status, status, "{}", answer.text);
        scan("refusal", &answer);
    }
    let refused = (0..30).map(|_| client.get("/api/v1/models")).find(|answer| answer.status == 429);
    scan("limit", &refused.unwrap());
    for path in ["/metrics", "/", "/nowhere"] {
        scan("metrics", &server.metrics().get(path));
    }
}

fn strict(server: &Server, proto: &str) -> Option<String> {
    let headers = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", proto)];
    server.stranger().send("GET", "/", &headers, "").header("strict-transport-security").map(str::to_owned)
}

#[test]
fn over_tls_and_only_there_browsers_are_told_to_come_by_nothing_else() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--behind-proxy"]);
    assert_eq!(strict(&server, "https").as_deref(), Some("max-age=63072000"));
    assert_eq!(strict(&server, "http"), None);
    drop(server);
    let server = installation.start_with(&["--behind-proxy", "--set", "http.hsts_preload=true"]);
    assert_eq!(strict(&server, "https"), Some("max-age=63072000; includeSubDomains; preload".to_owned()));
    let told: Value = server.stranger().get("/health/live").json();
    assert_eq!(told["status"], "ok");
}

/// What is answered on a connection of its own, over TLS.
fn over_tls(encrypted: &Encrypted, method: &str, path: &str, more: &str) -> Answer {
    let mut stream = encrypted.connect(encrypted.config(None), "localhost").unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let (status, lines) = head.split_once("\r\n").unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in lines.lines().map(|line| line.split_once(": ").unwrap()) {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::try_from(value).unwrap());
    }
    Answer { status: status[9..12].parse().unwrap(), headers, text: text.to_owned() }
}

#[test]
fn over_our_own_tls_every_answer_has_the_whole_set_and_says_to_come_by_nothing_else() {
    let encrypted = Encrypted::start(&[]);
    let document = over_tls(&encrypted, "GET", "/openapi.json", "").json();
    let paths = document["paths"].as_object().unwrap().iter();
    let routes =
        paths.flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (method, filled(path))));
    let mut asked: Vec<(String, String, &str)> =
        routes.map(|(method, path)| (method.to_uppercase(), path, "")).collect();
    asked.extend(["/", "/nowhere", "/health/ready"].map(|path| ("GET".into(), path.into(), "")));
    asked.push(("GET".into(), "/".into(), "content-length: 99999999999\r\n"));
    asked.push(("PUT".into(), "/openapi.json".into(), ""));
    assert!(asked.len() > 60, "{}", asked.len());
    for (method, path, more) in asked {
        let what = format!("{method} {path} over TLS");
        let answer = over_tls(&encrypted, &method, &path, more);
        scan(&what, &answer);
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000"), "{what}: {}", answer.status);
    }
}
