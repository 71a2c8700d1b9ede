//! The WebSocket.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Message, WebSocket};

use super::super::agents::{check, create, step, with_watchdog};
use super::steps;
use crate::api::{Installation, KEY, Server, on_both_databases};

on_both_databases!(a_socket_follows_several_agents_and_tells_them_apart);

/// A client of the socket.
struct Socket(WebSocket<TcpStream>);

impl Socket {
    fn open(server: &Server) -> Self {
        Self::open_with(server, "authorization", &format!("Bearer {KEY}")).0
    }

    /// With one header; also the protocol that the server chose.
    fn open_with(server: &Server, header: &'static str, value: &str) -> (Self, Option<String>) {
        let mut request = format!("ws://{}/api/v1/ws", server.address()).into_client_request().unwrap();
        request.headers_mut().insert(header, HeaderValue::try_from(value).unwrap());
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let (socket, answer) = tungstenite::client(request, stream).unwrap();
        let chosen = answer.headers().get("sec-websocket-protocol").map(|value| value.to_str().unwrap().to_owned());
        (Self(socket), chosen)
    }

    fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).unwrap();
    }

    fn hear(&mut self) -> Value {
        loop {
            match self.0.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// What is answered to this.
    fn ask(&mut self, message: &Value) -> Value {
        self.say(message);
        self.hear()
    }

    /// The code with which the server ends it.
    fn closed(&mut self) -> CloseCode {
        loop {
            match self.0.read().unwrap() {
                Message::Close(Some(frame)) => return frame.code,
                Message::Close(None) => panic!("no code"),
                _ => {}
            }
        }
    }
}

fn a_socket_follows_several_agents_and_tells_them_apart(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    for id in ["a", "b"] {
        create(&client, id);
    }
    steps(&client, "a", 2);
    let mut socket = Socket::open(&server);
    assert_eq!(socket.ask(&json!({ "ping": [1, null] })), json!({ "pong": [1, null] }));
    // The answer comes before the first event.
    assert_eq!(socket.ask(&json!({ "subscribe": { "agent": "a" }, "after": 3 })), json!({ "subscribed": 1 }));
    assert_eq!((&socket.hear()["step"], &json!(2)), (&json!(2), &json!(2)));
    assert_eq!(socket.ask(&json!({ "subscribe": { "labels": { "team": "a" } } })), json!({ "subscribed": 2 }));
    let taken = step(&client, "b", &check(5000));
    let event = socket.hear();
    assert_eq!((&event["subscription"], &event["kind"], &event["agent"]), (&json!(2), &json!("step"), &json!("b")));
    for member in ["step", "revision", "episode", "action", "beliefs", "recorded_at"] {
        assert_eq!(event[member], taken[member], "{member}");
    }
    step(&client, "a", &check(40));
    let mut both = [socket.hear(), socket.hear()].map(|event| (event["subscription"].as_u64(), event["step"].as_u64()));
    both.sort_unstable();
    assert_eq!(both, [(Some(1), Some(3)), (Some(2), Some(3))]);
    assert_eq!(socket.ask(&json!({ "unsubscribe": 2 })), json!({ "unsubscribed": 2 }));
    step(&client, "b", &check(40));
    client.send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
    assert_eq!(socket.hear()["kind"], "deleted");
    assert_eq!(socket.hear(), json!({ "ended": 1 }));
    assert_eq!(socket.ask(&json!({ "unsubscribe": 1 }))["problem"]["code"], "invalid_body");
}

#[test]
fn a_subscription_by_labels_begins_where_it_is_told() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    steps(&client, "a", 3);
    let mut socket = Socket::open(&server);
    let message = json!({ "subscribe": { "labels": { "team": "a" } }, "after": 2 });
    assert_eq!(socket.ask(&message), json!({ "subscribed": 1 }));
    let heard = [socket.hear(), socket.hear()].map(|event| event["step"].clone());
    assert_eq!(heard, [2, 3]);
}

#[test]
fn what_is_said_wrongly_is_a_problem_and_the_conversation_goes_on() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    create(&server.client(), "a");
    let mut socket = Socket::open(&server);
    for (message, code) in [
        (json!({}), "invalid_body"),
        (json!([]), "invalid_body"),
        (json!({ "subscribe": { "agent": "nobody" } }), "agent_not_found"),
        (json!({ "subscribe": { "agent": "/" } }), "invalid_body"),
        (json!({ "subscribe": {} }), "invalid_body"),
        (json!({ "subscribe": { "agent": "a" }, "after": -1 }), "invalid_body"),
        (json!({ "subscribe": { "labels": { "": "" } } }), "invalid_body"),
        (json!({ "subscribe": { "agent": "a" }, "more": 1 }), "invalid_body"),
        (json!({ "unsubscribe": 9 }), "invalid_body"),
    ] {
        assert_eq!(socket.ask(&message)["problem"]["code"], code, "{message}");
    }
    socket.0.send(Message::text("{")).unwrap();
    assert_eq!(socket.hear()["problem"]["code"], "malformed_json");
    for number in 1..=32 {
        assert_eq!(socket.ask(&json!({ "subscribe": { "agent": "a" } })), json!({ "subscribed": number }));
    }
    assert_eq!(socket.ask(&json!({ "subscribe": { "agent": "a" } }))["problem"]["code"], "too_many_streams");
}

#[test]
fn a_conversation_ends_with_a_code_that_says_why() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let mut binary = Socket::open(&server);
    binary.0.send(Message::binary(vec![1, 2, 3])).unwrap();
    assert_eq!(binary.closed(), CloseCode::Unsupported);
    let mut long = Socket::open(&server);
    long.say(&json!({ "ping": "x".repeat(9_000) }));
    assert_eq!(long.closed(), CloseCode::Size);
    let mut open = Socket::open(&server);
    open.ask(&json!({ "subscribe": { "labels": {} } }));
    let (code, log) = server.stop();
    assert_eq!((code, open.closed()), (Some(0), CloseCode::Away), "{log}");
}

#[test]
fn a_conversation_whose_key_is_revoked_ends_with_a_code_that_says_so() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.keep_alive=50ms"]);
    let mut socket = Socket::open(&server);
    assert_eq!(socket.ask(&json!({ "ping": 1 })), json!({ "pong": 1 }));
    installation.beside().execute("UPDATE credentials SET revoked_at = 1 WHERE id = 'bootstrap'");
    assert_eq!(socket.closed(), CloseCode::Policy);
}

#[test]
fn each_subscription_takes_one_of_the_places_and_gives_it_back() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.max_streams_per_principal=3"]);
    let mut socket = Socket::open(&server);
    let all = json!({ "subscribe": { "labels": {} } });
    assert_eq!((socket.ask(&all), socket.ask(&all)), (json!({ "subscribed": 1 }), json!({ "subscribed": 2 })));
    assert_eq!(socket.ask(&all)["problem"]["code"], "too_many_streams");
    server.client().get("/api/v1/events").problem(429, "too_many_streams");
    assert_eq!(socket.ask(&json!({ "unsubscribe": 1 })), json!({ "unsubscribed": 1 }));
    let again = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        socket.ask(&all)["subscribed"] == 3
    });
    assert!(again, "a place is free again");
}

#[test]
fn a_silent_client_is_pinged_and_one_that_does_not_answer_is_let_go() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.keep_alive=50ms"]);
    let mut socket = Socket::open(&server);
    let pinged = (0..5).filter(|_| matches!(socket.0.read(), Ok(Message::Ping(_)))).count();
    assert_eq!(pinged, 5, "it answers, so it is kept");
    std::thread::sleep(Duration::from_millis(500));
    let ended = (0..20).any(|_| socket.0.read().is_err());
    assert!(ended, "it did not answer for ten times as long");
}

#[test]
fn a_page_in_a_browser_brings_its_key_as_a_protocol_and_strangers_are_turned_away() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let offered = format!("freeagentics.v1, bearer.{KEY}");
    let (mut socket, chosen) = Socket::open_with(&server, "sec-websocket-protocol", &offered);
    assert_eq!(chosen.as_deref(), Some("freeagentics.v1"), "the key is not sent back");
    assert_eq!(socket.ask(&json!({ "ping": 1 })), json!({ "pong": 1 }));
    server.stranger().get("/api/v1/ws").problem(401, "unauthenticated");
    let plain = server.client().get("/api/v1/ws");
    plain.problem(426, "upgrade_required");
    assert_eq!(plain.header("upgrade"), Some("websocket"));
}
