//! What somebody has kept of a session that was ended.

use serde_json::json;

use crate::api::sessions::{OURS, cookie, refresh, sign_in, sign_in_for_cookie, text, with_ann};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nothing_of_a_session_is_good_after_it);

fn nothing_of_a_session_is_good_after_it(installation: Installation) {
    let (server, _) = with_ann(&installation);
    let (ended, kept) = (sign_in(&server), sign_in(&server));
    let client = server.client_with(text(&ended, "access_token"));
    client.get("/api/v1/whoami").expect(200);
    client.post("/api/v1/sign-out", &json!({})).expect(204);
    client.get("/api/v1/whoami").problem(401, "unauthenticated");
    client.post("/api/v1/sign-out", &json!({})).problem(401, "unauthenticated");
    refresh(&server, text(&ended, "refresh_token")).problem(401, "refresh_refused");
    let cookie = cookie(&sign_in_for_cookie(&server, OURS));
    let headers = [("cookie", cookie.as_str()), OURS];
    server.stranger().send("POST", "/api/v1/sign-out", &headers, "").expect(204);
    server.stranger().send("GET", "/api/v1/whoami", &headers, "").problem(401, "unauthenticated");
    server.client_with(text(&kept, "access_token")).get("/api/v1/whoami").expect(200);
    refresh(&server, text(&kept, "refresh_token")).expect(200);
}
