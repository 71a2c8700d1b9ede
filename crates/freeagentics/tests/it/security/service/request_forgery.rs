//! Making the server ask others: no route takes an address to ask, and no text is taken for one.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::agents::{create, with_watchdog};
use crate::api::{Installation, KEY, Server};

/// Members of a document whose name says that they might be an address to ask.
const SUSPECT: [&str; 10] =
    ["url", "uri", "href", "link", "callback", "webhook", "hook", "endpoint", "host", "redirect"];

/// A place that nobody may be made to ask.
struct Inside(TcpListener);

impl Inside {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn authority(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }

    /// Nobody has come; whoever was asked to come has had time.
    #[track_caller]
    fn assert_untouched(&self) {
        std::thread::sleep(Duration::from_millis(300));
        assert!(self.0.accept().is_err(), "the server asked where a caller sent it");
    }
}

fn raw(server: &Server, head: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn no_route_takes_an_address_to_ask() {
    let installation = Installation::sqlite();
    let document = installation.start().stranger().get("/openapi.json").json();
    let mut found = Vec::new();
    suspects(&document["components"]["schemas"], "", &mut found);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            suspects(&operation["requestBody"], path, &mut found);
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            found.extend(
                parameters.filter_map(|one| suspect(one["name"].as_str()?)).map(|name| format!("{path}: {name}")),
            );
        }
    }
    // A problem's type, what an authenticator reads and where a ticket is taken up are addresses that we tell, and no
    // caller tells us.
    const TOLD: [&str; 3] = ["/Problem/properties/type: format", "/NewFactor: uri", "/InvitedUser/allOf: link"];
    found.retain(|place| !TOLD.contains(&place.as_str()));
    assert_eq!(found, [""; 0], "is it asked by the server? Then say where it may lead, and try it here");
}

fn suspect(name: &str) -> Option<&str> {
    let words = name.to_lowercase();
    words.split(['_', '-']).any(|word| SUSPECT.contains(&word)).then_some(name)
}

fn suspects(schema: &Value, place: &str, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for name in members.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys()) {
                found.extend(suspect(name).map(|name| format!("{place}: {name}")));
            }
            let is_address = |format: &Value| format.as_str().is_some_and(|format| format.contains("ur"));
            found.extend(members.get("format").filter(|format| is_address(format)).map(|_| format!("{place}: format")));
            members.iter().for_each(|(name, value)| suspects(value, &format!("{place}/{name}"), found));
        }
        Value::Array(items) => items.iter().for_each(|item| suspects(item, place, found)),
        _ => {}
    }
}

#[test]
fn a_text_that_is_an_address_is_a_text() {
    let (installation, inside) = (Installation::sqlite(), Inside::open());
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let there = inside.authority();
    for address in [format!("http://{there}/"), format!("//{there}/x"), format!("http://user@{there}"), there] {
        let key = client.post("/api/v1/keys", &json!({ "name": address, "permissions": [] })).expect(201);
        assert_eq!(key["name"], json!(address), "honest use: it is a name like another");
        client.post("/api/v1/agents", &json!({ "id": address, "model": address }));
        client.post("/api/v1/agents", &json!({ "id": "b", "model": address, "labels": { "at": address } }));
        client.post("/api/v1/agents/a/steps", &json!({ "observation": { "check": address } }));
        for body in [
            format!("!include {address}"),
            format!("freeagentics: {address}\nmodel: !!python/object:{address}"),
            format!("{{\"$ref\": \"{address}\"}}"),
            format!("<!DOCTYPE x [<!ENTITY y SYSTEM \"{address}\">]><x>&y;</x>"),
        ] {
            client.post_yaml("/api/v1/models", &body).problem(422, "model_invalid");
            client.post_yaml("/api/v1/models/validate", &body);
            client.send("POST", "/api/v1/import", &[("content-type", "application/x-ndjson")], &body);
        }
        let headers = ["referer", "origin", "x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "link"];
        for header in headers {
            client.send("GET", "/api/v1/whoami", &[(header, &address)], "");
        }
    }
    inside.assert_untouched();
}

#[test]
fn the_server_is_nobodys_proxy() {
    let (installation, inside) = (Installation::sqlite(), Inside::open());
    let server = installation.start();
    let there = inside.authority();
    let with_key = format!("host: {there}\r\nauthorization: Bearer {KEY}\r\nconnection: close\r\n\r\n");
    for target in [
        format!("GET http://{there}/"),
        format!("GET http://{there}/api/v1/whoami"),
        format!("CONNECT {there}"),
        format!("GET //{there}/"),
        format!("GET @{there}/"),
        "OPTIONS *".to_owned(),
        "TRACE /".to_owned(),
    ] {
        let answer = raw(&server, &format!("{target} HTTP/1.1\r\n{with_key}"));
        assert!(!answer.contains(&with_key), "{target} is not repeated: {answer}");
        assert!(!answer.to_lowercase().contains(&format!("location: http://{there}")), "{target}: {answer}");
    }
    inside.assert_untouched();
}
