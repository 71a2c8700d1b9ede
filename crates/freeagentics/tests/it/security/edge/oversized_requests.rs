//! More than there is room for.

use crate::api::Installation;
use crate::security::edge::raw;

#[test]
fn a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "http.body_limit=64KiB"]);
    let client = server.client();
    let of = |size: usize| format!("{{\"name\":\"{}\",\"permissions\":[]}}", "x".repeat(size));
    let json = [("content-type", "application/json")];
    client.send("POST", "/api/v1/keys", &json, &of(150)).expect(201);
    client.send("POST", "/api/v1/keys", &json, &of(100_000)).problem(413, "body_too_large");
    let chunk = "a".repeat(100_000);
    let head = "POST /api/v1/keys HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let key = format!("authorization: Bearer {}\r\n", crate::api::KEY);
    let request = format!("{head}{key}transfer-encoding: chunked\r\n\r\n{:x}\r\n{chunk}\r\n0\r\n\r\n", chunk.len());
    let told = raw(&server, &request);
    assert!(told.starts_with("HTTP/1.1 413 ") && told.contains("body_too_large"), "{told}");
}

#[test]
fn headers_and_addresses_have_their_limits() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let ask = |target: &str, headers: &str| {
        let told = raw(&server, &format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n"));
        told.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(ask("/health/live", "x-a: b\r\n"), "200");
    assert_eq!(ask("/health/live", &"x-a: b\r\n".repeat(70)), "431", "too many");
    assert_eq!(ask("/health/live", &format!("x-a: {}\r\n", "b".repeat(20_000))), "431", "too long");
    assert_eq!(ask("/health/live", &format!("x-a: {}\r\n", "b".repeat(200_000))), "431", "longer than is even read");
    let long = ask(&format!("/{}", "a".repeat(200_000)), "");
    assert!(["414", "431"].contains(&long.as_str()), "{long}");
}
