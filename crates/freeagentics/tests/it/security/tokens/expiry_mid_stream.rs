//! Streams that outlive the credential that they were opened with.

use std::io::Read;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::Forge;
use crate::api::Installation;
use crate::api::sessions::{sign_in, text, with_ann};

/// How long a stream goes on, at most so long.
fn lasts(mut stream: impl Read + Send + 'static, most: Duration) -> Duration {
    let (began, (told, heard)) = (Instant::now(), std::sync::mpsc::channel());
    std::thread::spawn(move || {
        let _ = stream.read_to_end(&mut Vec::new());
        let _ = told.send(());
    });
    let _ = heard.recv_timeout(most);
    began.elapsed()
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
