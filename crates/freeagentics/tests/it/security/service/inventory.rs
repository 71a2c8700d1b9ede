//! Routes that nobody knows of: undocumented, old, left behind.

use serde_json::Value;

use crate::api::{Client, Installation};

/// Where such things are found elsewhere.
const ELSEWHERE: [&str; 30] = [
    "/api",
    "/api/",
    "/api/v0/agents",
    "/api/v1",
    "/api/v1/",
    "/api/v1beta/agents",
    "/api/v2/agents",
    "/api/internal",
    "/api/v1/internal",
    "/api/v1/debug",
    "/api/v1/admin",
    "/admin",
    "/debug",
    "/debug/pprof",
    "/debug/vars",
    "/metrics",
    "/actuator",
    "/actuator/env",
    "/console",
    "/graphql",
    "/swagger",
    "/swagger-ui",
    "/docs",
    "/server-status",
    "/.git/config",
    "/.env",
    "/config",
    "/backup.sql",
    "/data/freeagentics.db",
    "/robots.txt~",
];

/// What a page for people is served from.
const PAGES: [&str; 7] = ["/", "/account.js", "/own.js", "/page.css", "/page.js", "/page.svg", "/errors/style.css"];

fn operations(document: &Value) -> Vec<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let methods = |(path, methods): (&String, &Value)| -> Vec<(String, String)> {
        methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())).collect()
    };
    paths.flat_map(methods).collect()
}

/// Something in each place of an address.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{version}" | "{step}" => "1".to_owned(),
        "{code}" => "not_found".to_owned(),
        part if part.starts_with('{') => "x".to_owned(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A stream would not end.
fn is_stream(path: &str) -> bool {
    path.ends_with("/events") || path.ends_with("/ws")
}

#[test]
fn everything_that_the_document_names_is_there_and_takes_no_other_method() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let (client, document) = (server.client(), server.stranger().get("/openapi.json").json());
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"), "it is the document of this version");
    let operations = operations(&document);
    assert!(operations.len() > 30, "{} operations", operations.len());
    for (method, path) in operations.iter().filter(|(_, path)| !is_stream(path)) {
        let answer = client.send(method, &filled(path), &[], "");
        assert_ne!(answer.status, 405, "{method} {path}");
        assert!(answer.status != 404 || answer.json()["code"] != "not_found", "{method} {path}: {}", answer.text);
    }
    for (_, path) in &operations {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "QUERY", "PROPFIND", "DEBUG"] {
            if !operations.iter().any(|(known, at)| known == method && at == path) {
                refused(&client, method, path);
            }
        }
    }
}

/// As a method that is not there; or, where an address fits another route as well, as that one does it.
fn refused(client: &Client, method: &str, path: &str) {
    let answer = client.send(method, &filled(path), &[], "");
    assert!(
        [404, 405].contains(&answer.status),
        "{method} {path} is served and is not in the document: {}",
        answer.text
    );
}

#[test]
fn nothing_else_is_there() {
    let installation = Installation::sqlite();
    let server = installation.start();
    for client in [server.client(), server.stranger()] {
        for path in ELSEWHERE {
            for method in ["GET", "POST"] {
                client.send(method, path, &[], "").problem(404, "not_found");
            }
        }
        for page in PAGES {
            assert_eq!(client.get(page).status, 200, "{page}");
        }
    }
    let metrics = server.metrics();
    assert_eq!(metrics.get("/metrics").status, 200);
    for path in ["/api/v1/agents", "/openapi.json", "/", "/debug"] {
        assert_eq!(metrics.get(path).status, 404, "the metrics' address serves metrics and nothing else: {path}");
    }
}
