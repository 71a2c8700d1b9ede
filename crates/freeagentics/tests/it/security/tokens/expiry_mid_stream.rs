//! Streams that outlive the credential that they were opened with.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Message, WebSocket};

use super::Forge;
use crate::api::agents::with_watchdog;
use crate::api::sessions::{sign_in, text, with_ann};
use crate::api::{Installation, Server};

/// How long a stream goes on, at most so long.
fn lasts(mut stream: impl Read + Send + 'static, most: Duration) -> Duration {
    let (began, (told, heard)) = (Instant::now(), channel());
    std::thread::spawn(move || {
        let _ = stream.read_to_end(&mut Vec::new());
        let _ = told.send(());
    });
    let _ = heard.recv_timeout(most);
    began.elapsed()
}

/// A socket that has said something and got its answer.
fn socket(server: &Server, token: &str) -> WebSocket<TcpStream> {
    let mut request = format!("ws://{}/api/v1/ws", server.address()).into_client_request().unwrap();
    request.headers_mut().insert("authorization", HeaderValue::try_from(format!("Bearer {token}")).unwrap());
    let (mut socket, _) = tungstenite::client(request, TcpStream::connect(server.address()).unwrap()).unwrap();
    socket.send(Message::text(json!({ "ping": 1 }).to_string())).unwrap();
    let answer: Value = serde_json::from_str(socket.read().unwrap().to_text().unwrap()).unwrap();
    assert_eq!(answer, json!({ "pong": 1 }));
    socket
}

/// The code with which the server closes a socket, if it does within this time.
fn closed(mut socket: WebSocket<TcpStream>, within: Duration) -> Option<CloseCode> {
    let (told, heard) = channel();
    std::thread::spawn(move || {
        while let Ok(message) = socket.read() {
            if let Message::Close(frame) = message {
                let _ = told.send(frame.map(|frame| frame.code));
                return;
            }
        }
    });
    heard.recv_timeout(within).ok().flatten()
}

#[test]
fn a_stream_ends_with_the_session_that_opened_it() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let signed_in = sign_in(&server);
    let client = server.client_with(text(&signed_in, "access_token"));
    let (status, stream) = client.stream("/api/v1/events", &[]);
    let (_, other) = server.client().stream("/api/v1/events", &[]);
    assert_eq!(status, 200);
    assert!(lasts(other, Duration::from_secs(2)) >= Duration::from_secs(2), "somebody else's goes on");
    client.post("/api/v1/sign-out", &json!({})).expect(204);
    let lasted = lasts(stream, Duration::from_secs(8));
    assert!(lasted < Duration::from_secs(2), "it went on for {lasted:?}");
}

#[test]
fn a_stream_ends_with_the_token_that_opened_it() {
    let forge = Forge::new();
    let mut claims = forge.claims();
    claims["exp"] = json!(forge.now() + 3);
    let client = forge.server.client_with(&forge.signed(&forge.header(), &claims));
    let (status, stream) = client.stream("/api/v1/events", &[]);
    assert_eq!(status, 200);
    let lasted = lasts(stream, Duration::from_secs(8));
    assert!(lasted < Duration::from_secs(5), "it went on for {lasted:?}");
}

#[test]
fn a_socket_ends_with_the_session_that_opened_it() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let [one, other] = [0, 1].map(|_| text(&sign_in(&server), "access_token").to_owned());
    let (socket, others) = (socket(&server, &one), socket(&server, &other));
    server.client_with(&one).post("/api/v1/sign-out", &json!({})).expect(204);
    assert_eq!(closed(socket, Duration::from_secs(8)), Some(CloseCode::Policy));
    assert_eq!(closed(others, Duration::from_secs(1)), None, "another session of the same person's goes on");
}

#[test]
fn a_socket_ends_with_the_token_that_opened_it() {
    let forge = Forge::new();
    let mut claims = forge.claims();
    claims["exp"] = json!(forge.now() + 3);
    let socket = socket(&forge.server, &forge.signed(&forge.header(), &claims));
    assert_eq!(closed(socket, Duration::from_secs(8)), Some(CloseCode::Policy));
}

/// The beginning of an answer that is longer than what fits between two programs; nobody reads on yet.
fn begun(server: &Server, key: &str, path: &str) -> (Vec<u8>, TcpStream) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let address = server.address();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\r\n").unwrap();
    let mut begun = vec![0; 1_000];
    stream.read_exact(&mut begun).unwrap();
    assert!(begun.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&begun));
    (begun, stream)
}

/// The rest of it, and whether it came to its end.
fn rest((mut text, mut stream): (Vec<u8>, TcpStream)) -> (String, bool) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = stream.read(&mut piece).unwrap_or(0);
        text.extend(&piece[..read]);
        let is_whole = text.ends_with(b"\r\n0\r\n\r\n");
        if read == 0 || is_whole {
            return (String::from_utf8_lossy(&text).into_owned(), is_whole);
        }
    }
}

#[test]
fn an_export_breaks_off_when_its_key_is_revoked_and_tells_nothing_of_what_came_after() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    let mut labels: Value = (0..20).map(|n| (format!("label{n:02}"), json!("v".repeat(60)))).collect();
    labels["team"] = json!("a");
    let agent = |id: String| json!({ "id": id, "model": "watchdog", "labels": labels });
    for batch in 0..6 {
        let agents: Vec<Value> = (0..1_000).map(|n| agent(format!("a{batch}-{n}"))).collect();
        client.post("/api/v1/agents/batch", &json!({ "agents": agents })).expect(200);
    }
    let wanted = json!({ "name": "k", "permissions": ["agents:read", "models:read"] });
    let [kept, revoked] = [0, 1].map(|_| client.post("/api/v1/keys", &wanted).expect(201));
    let path = "/api/v1/fleets/export?label=team%3Da";
    let (told, is_whole) = rest(begun(&server, text(&kept, "key"), path));
    assert!(is_whole && told.contains("\"a5-999\""), "whoever still may reads all of it: {} bytes", told.len());
    let under_way = begun(&server, text(&revoked, "key"), path);
    client.send("DELETE", &format!("/api/v1/keys/{}", text(&revoked, "id")), &[], "").expect(204);
    client.post("/api/v1/agents", &agent("z-after".to_owned())).expect(201);
    let (told, is_whole) = rest(under_way);
    assert!(!is_whole, "it went on to its end, over {} bytes", told.len());
    assert!(!told.contains("z-after"), "it tells of what was made after the key was revoked");
}
