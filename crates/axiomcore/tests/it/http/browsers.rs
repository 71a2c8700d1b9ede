//! What browsers need to be told.

use super::Running;
use crate::client::{get, request};

#[test]
fn every_answer_has_the_security_headers() {
    let running = Running::start(|_| {});
    for path in ["/hello", "/nowhere", "/panic", "/health/live", "/errors", "/numbers/x"] {
        let answer = get(running.address, path, &["accept: text/html"]);
        let has = |name: &str, part: &str| {
            let value = answer.header(name).unwrap_or_else(|| panic!("{path}: no {name}"));
            assert!(value.contains(part), "{path}: {name}: {value}");
        };
        has("content-security-policy", "default-src 'none'");
        assert_eq!(
            answer.header("strict-transport-security"),
            None,
            "{path}: in the clear, anybody could have said it"
        );
        assert_eq!((answer.header("server"), answer.header("x-powered-by")), (None, None), "{path}");
        has("x-frame-options", "DENY");
        has("x-content-type-options", "nosniff");
        has("x-xss-protection", "0");
        has("referrer-policy", "no-referrer");
        has("permissions-policy", "camera=()");
        has("cross-origin-opener-policy", "same-origin");
        has("cross-origin-resource-policy", "same-origin");
        has("cache-control", "no-store");
        assert!(!answer.header("content-security-policy").unwrap().contains("unsafe"));
    }
}

#[test]
fn who_comes_over_tls_is_told_to_come_by_nothing_else() {
    let told = |preload: bool, proto: &str| {
        let running = Running::start(|config| {
            config.behind_proxy = true;
            config.hsts_preload = preload;
        });
        let headers = ["x-forwarded-for: 203.0.113.7", &format!("x-forwarded-proto: {proto}")];
        ["/hello", "/nowhere"]
            .map(|path| get(running.address, path, &headers).header("strict-transport-security").map(str::to_owned))
    };
    let (short, long) = ("max-age=63072000", "max-age=63072000; includeSubDomains; preload");
    assert_eq!(told(false, "https"), [Some(short.to_owned()), Some(short.to_owned())]);
    assert_eq!(told(true, "https"), [Some(long.to_owned()), Some(long.to_owned())]);
    assert_eq!(told(true, "http"), [None, None]);
    let stranger = Running::start(|_| {});
    let answer = get(stranger.address, "/hello", &["x-forwarded-proto: https"]);
    assert_eq!(answer.header("strict-transport-security"), None);
}

#[test]
fn other_origins_are_let_in_only_from_the_list() {
    let ask = |running: &Running, origin: &str| {
        let headers = [&format!("origin: {origin}"), "access-control-request-method: POST"];
        let answer = request(running.address, "OPTIONS", "/orders", &headers, "");
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    let closed = Running::start(|_| {});
    assert_eq!(ask(&closed, "https://a.example"), None);
    assert_eq!(request(closed.address, "OPTIONS", "/orders", &[], "").problem(), "method_not_allowed");
    let open = Running::start(|config| config.cors_origins = vec!["https://a.example".into()]);
    assert_eq!(ask(&open, "https://a.example").as_deref(), Some("https://a.example"));
    for other in [
        "https://b.example",
        "http://a.example",
        "https://a.example.evil.example",
        "https://evila.example",
        "https://a.example:8443",
        "https://a.example/",
        "https://A.example",
        "null",
        "*",
    ] {
        assert_eq!(ask(&open, other), None, "{other}");
    }
    let answer = get(open.address, "/hello", &["origin: https://a.example"]);
    assert_eq!(answer.header("access-control-allow-credentials"), None, "cookies are for our own pages");
    assert!(answer.header("vary").unwrap().contains("origin"));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("ratelimit"));
}

#[test]
fn large_answers_are_compressed_for_who_asks() {
    let running = Running::start(|_| {});
    let compressed = get(running.address, "/large", &["accept-encoding: gzip"]);
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert!(compressed.bytes.starts_with(&[0x1f, 0x8b]) && compressed.bytes.len() < 1_000);
    assert_eq!(get(running.address, "/large", &[]).bytes.len(), 10_000);
    assert_eq!(get(running.address, "/hello", &["accept-encoding: gzip"]).text(), "hello");
    let off = Running::start(|config| config.compression = false);
    assert_eq!(get(off.address, "/large", &["accept-encoding: gzip"]).bytes.len(), 10_000);
}
