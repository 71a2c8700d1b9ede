//! What one at an address does to the others there.

use serde_json::json;

use crate::api::Installation;
use crate::api::sessions::{EMAIL, PASSWORD, refresh, text};

#[test]
fn whoever_signs_in_without_end_does_not_throw_out_who_shares_the_address() {
    let installation = Installation::sqlite();
    let settings = ["limits.sign_in=3/1h", "limits.refresh=8/1h", "identity.signing_key_bits=2048"];
    let server = installation.start_with(&settings.map(|setting| ["--set", setting]).concat());
    installation.beside().user(EMAIL, PASSWORD, "observer");
    let stranger = server.stranger();
    let sign_in = |password: &str| stranger.post("/api/v1/sign-in", &json!({ "email": EMAIL, "password": password }));
    let mut kept = sign_in(PASSWORD).expect(200);
    for _ in 0..2 {
        stranger.post("/api/v1/sign-in", &json!({})).problem(422, "invalid_body");
    }
    assert_eq!(sign_in(PASSWORD).problem(429, "rate_limited")["class"], "sign_in");
    for _ in 0..5 {
        kept = refresh(&server, text(&kept, "refresh_token")).expect(200);
    }
    server.client_with(text(&kept, "access_token")).get("/api/v1/whoami").expect(200);
    // Nor is it without a limit.
    for _ in 0..3 {
        refresh(&server, "none").problem(401, "refresh_refused");
    }
    assert_eq!(refresh(&server, "none").problem(429, "rate_limited")["class"], "refresh");
}
