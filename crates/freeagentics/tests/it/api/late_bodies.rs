//! Bodies that come long after the headers, from who may not any more by then.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Client, Installation, Server, on_both_databases};

on_both_databases!(who_has_lost_everything_gets_nothing_done_by_sending_slowly);

/// Longer than it takes until a body is late.
const PAUSE: Duration = Duration::from_millis(700);

/// A request whose headers are there and whose body is not.
struct Begun {
    stream: TcpStream,
    body: String,
}

impl Begun {
    fn new(server: &Server, key: &str, body: &Value) -> Self {
        let (mut stream, body) = (TcpStream::connect(server.address()).unwrap(), body.to_string());
        let head = "POST /api/v1/keys HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
        write!(stream, "{head}authorization: Bearer {key}\r\ncontent-length: {}\r\n\r\n", body.len()).unwrap();
        std::thread::sleep(PAUSE);
        Self { stream, body }
    }

    /// Sends the body; the whole answer.
    fn end(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// A key, by its id and what it is shown by.
fn key(admin: &Client, body: &Value) -> (String, String) {
    let made = admin.post("/api/v1/keys", body).expect(201);
    (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
}

fn who_has_lost_everything_gets_nothing_done_by_sending_slowly(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let wanted = json!({ "name": "left behind", "permissions": ["agents:read"] });
    let (id, thief) = key(&admin, &json!({ "name": "stolen", "permissions": ["keys:write", "agents:read"] }));
    let answer = Begun::new(&server, &thief, &wanted).end();
    assert!(answer.starts_with("HTTP/1.1 201 "), "who is only slow is served: {answer}");
    let begun = Begun::new(&server, &thief, &wanted);
    admin.send("DELETE", &format!("/api/v1/keys/{id}"), &[], "").expect(204);
    std::thread::sleep(PAUSE);
    let answer = begun.end();
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\"unauthenticated\""), "{answer}");
    // A service account that is let do less meanwhile.
    let service = admin.post("/api/v1/services", &json!({ "name": "nightly", "roles": ["admin"] })).expect(201);
    let path = format!("/api/v1/services/{}", service["id"].as_str().unwrap());
    let made = admin.post(&format!("{path}/keys"), &json!({ "name": "k", "permissions": ["*"] })).expect(201);
    let begun = Begun::new(&server, made["key"].as_str().unwrap(), &wanted);
    admin
        .send("PUT", &path, &[("content-type", "application/json")], r#"{"name":"nightly","roles":["observer"]}"#)
        .expect(200);
    std::thread::sleep(PAUSE);
    let answer = begun.end();
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("has changed"), "{answer}");
    let keys = admin.get("/api/v1/keys").expect(200);
    let left = keys["items"].as_array().unwrap().iter().filter(|key| key["name"] == "left behind").count();
    assert_eq!(left, 1, "only the one that was made in time");
}
