//! Streams that outlive the credential that they were opened with.

use std::io::Read;
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
