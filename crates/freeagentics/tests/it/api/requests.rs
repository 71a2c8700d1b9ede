//! Requests that no handler should have to think about.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use super::agents::{WATCHDOG, check, create, step};
use super::{Installation, KEY};

#[test]
fn whatever_fails_is_answered_with_problem_details() {
    let server = Installation::sqlite();
    let server = server.start();
    let client = server.client();
    client.get("/api/v1/nowhere").problem(404, "not_found");
    let answer = client.send("PATCH", "/api/v1/models", &[], "");
    answer.problem(405, "method_not_allowed");
    let allowed = answer.header("allow").unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    client
        .send("POST", "/api/v1/models", &[("content-type", "text/plain")], "x")
        .problem(415, "unsupported_media_type");
    let long = "a".repeat(20_000);
    client.send("GET", "/api/v1/models", &[("x-long", &long)], "").problem(431, "headers_too_large");
    for query in ["limit=0", "limit=1001", "limit=a", "limit=1&limit=2", "lmit=1"] {
        client.get(&format!("/api/v1/models?{query}")).problem(400, "invalid_parameter");
    }
    client.get("/api/v1/models/a%20b").problem(400, "invalid_parameter");
}

#[test]
fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = "POST /api/v1/models HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}authorization: Bearer {KEY}\r\ncontent-length: {}\r\n\r\n", (8 << 20) + 1).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"code\":\"body_too_large\""), "{answer}");
    assert!(answer.contains("\"limit\":8388608"), "{answer}");
}

/// What somebody without a credential gets one with.
const WAYS_IN: [&str; 7] = [
    "/api/v1/sign-in",
    "/api/v1/sign-in/factor",
    "/api/v1/sign-in/passkey",
    "/api/v1/sign-in/passkey/options",
    "/api/v1/token/refresh",
    "/api/v1/tickets/accept",
    "/api/v1/password/reset",
];

#[test]
fn a_stranger_sees_health_errors_and_the_document_and_nothing_else() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let stranger = server.stranger();
    for open in
        ["/health/live", "/health/ready", "/health/startup", "/openapi.json", "/errors", "/errors/model_invalid"]
    {
        stranger.get(open).expect(200);
    }
    let document = stranger.get("/openapi.json").json();
    let paths = document["paths"].as_object().unwrap();
    let closed = paths.iter().filter(|(path, _)| path.starts_with("/api/") && !WAYS_IN.contains(&path.as_str()));
    let mut n_closed = 0;
    for (path, operations) in closed {
        for method in operations.as_object().unwrap().keys() {
            let path =
                path.replace("{name}", "a").replace("{version}", "1").replace("{id}", "a").replace("{step}", "1");
            let answer = stranger.send(&method.to_ascii_uppercase(), &path, &[], "");
            answer.problem(401, "unauthenticated");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            n_closed += 1;
        }
    }
    assert!(n_closed >= 70, "{n_closed} operations are closed");
}

#[test]
fn every_code_of_the_document_has_a_page() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let stranger = server.stranger();
    let document = stranger.get("/openapi.json").json();
    let responses = document["components"]["responses"].as_object().unwrap();
    assert!(responses.len() > 10);
    for response in responses.values() {
        let schema = &response["content"]["application/problem+json"]["schema"];
        for code in schema["allOf"][1]["properties"]["code"]["enum"].as_array().unwrap() {
            let page = stranger.get(&format!("/errors/{}", code.as_str().unwrap())).expect(200);
            assert_eq!(page["code"], *code);
        }
    }
}

#[test]
fn the_served_document_is_the_committed_one() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(committed).unwrap()).unwrap();
    assert!(server.stranger().get("/openapi.json").json() == committed, "docs/openapi.json is stale");
}

#[test]
fn the_metrics_count_by_route_on_an_address_of_their_own() {
    let installation = Installation::sqlite();
    let server = installation.start();
    server.client().get("/api/v1/models/nothing").problem(404, "model_not_found");
    server.client().post("/api/v1/models", &json!({})).problem(422, "model_invalid");
    server.stranger().get("/metrics").problem(404, "not_found");
    let page = server.metrics().get("/metrics").text;
    for line in [
        r#"http_requests_total{method="GET",route="/api/v1/models/{name}",status="404"} 1"#,
        r#"http_requests_total{method="POST",route="/api/v1/models",status="422"} 1"#,
        "freeagentics_hot_agents 0",
    ] {
        assert!(page.lines().any(|found| found.starts_with(line)), "{line} in\n{page}");
    }
}

#[test]
fn steps_that_were_taken_are_not_in_the_log_of_requests_unless_wanted() {
    for (arguments, expected) in
        [(&[][..], ["404"].as_slice()), (&["--set", "telemetry.access_log=all"], &["200", "200", "404"])]
    {
        let installation = Installation::sqlite();
        let server = installation.start_with(&[&["--set", "telemetry.log_format=json"], arguments].concat());
        let client = server.client();
        client.post_yaml("/api/v1/models", WATCHDOG).expect(201);
        create(&client, "a");
        step(&client, "a", &check(100));
        let mut item = check(100);
        item["agent"] = "a".into();
        client.post("/api/v1/steps", &json!({ "items": [item] })).expect(200);
        client.post("/api/v1/agents/b/steps", &check(100)).problem(404, "agent_not_found");
        let (code, log) = server.stop();
        let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let steps = lines.filter(|line| line["http.route"].as_str().is_some_and(|route| route.ends_with("/steps")));
        assert_eq!(steps.map(|line| line["http.status"].to_string()).collect::<Vec<_>>(), expected);
        assert_eq!(code, Some(0));
        assert!(log.contains("POST /api/v1/agents 201"), "{log}");
    }
}
