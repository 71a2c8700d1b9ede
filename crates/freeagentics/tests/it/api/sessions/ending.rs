//! Sessions listed and ended, and the keys that others verify tokens by.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{
    EMAIL, Installation, OURS, PASSWORD, cookie, on_both_databases, refresh, sign_in, sign_in_for_cookie, text,
    with_ann, with_ann_as,
};

on_both_databases!(somebody_sees_their_sessions_and_ends_them);

fn somebody_sees_their_sessions_and_ends_them(installation: Installation) {
    let (server, ann) = with_ann(&installation);
    let [one, two] = [0, 1].map(|_| sign_in(&server));
    let client = server.client_with(text(&one, "access_token"));
    let listed = client.get("/api/v1/sessions").expect(200);
    let listed: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|item| (text(item, "id"), &item["current"])).collect();
    assert!(listed.len() == 2 && listed.contains(&(text(&one, "session"), &json!(true))), "{listed:?}");
    let address = format!("/api/v1/sessions/{}", text(&two, "session"));
    server.client().send("DELETE", &address, &[], "").problem(404, "session_not_found");
    client.send("DELETE", &address, &[], "").expect(204);
    server.client_with(text(&two, "access_token")).get("/api/v1/whoami").problem(401, "unauthenticated");
    client.send("DELETE", &address, &[], "").problem(404, "session_not_found");
    let browser = cookie(&sign_in_for_cookie(&server, OURS));
    let ended = server.stranger().send("DELETE", "/api/v1/sessions", &[("cookie", &browser), OURS], "");
    ended.expect(204);
    assert!(ended.header("set-cookie").unwrap().contains("_session=; Path=/; Max-Age=0;"), "the cookie is taken back");
    client.get("/api/v1/whoami").problem(401, "unauthenticated");
    server.client().post("/api/v1/sign-out", &json!({})).problem(409, "no_session");
    let sql = "SELECT action FROM audit_entries WHERE principal = '$' UNION ALL SELECT action FROM outbox WHERE principal = '$'";
    let mut rows = installation.beside().rows(&sql.replace('$', &ann));
    let mut told: Vec<String> = rows.iter_mut().map(|row| row.text(0).unwrap()).collect();
    told.retain(|action| action.starts_with("session."));
    told.sort();
    assert_eq!(told, ["session.begin", "session.begin", "session.begin", "session.end", "session.end_all"]);
}

#[test]
fn who_signs_in_over_anothers_session_ends_it() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    installation.beside().user("bob@example.org", PASSWORD, "observer");
    let before = cookie(&sign_in_for_cookie(&server, OURS));
    let whoami = |cookie: &str| server.stranger().send("GET", "/api/v1/whoami", &[("cookie", cookie), OURS], "");
    assert_eq!(whoami(&before).expect(200)["user"]["email"], EMAIL);
    let again = |password: &str, cookie: bool| {
        let body = json!({ "email": "bob@example.org", "password": password, "cookie": cookie }).to_string();
        let headers = [("cookie", before.as_str()), OURS, ("content-type", "application/json")];
        server.stranger().send("POST", "/api/v1/sign-in", &headers, &body)
    };
    again("wrong horse battery", true).problem(401, "sign_in_refused");
    // A program that happens to send a cookie keeps tokens of its own.
    again(PASSWORD, false).expect(200);
    whoami(&before).expect(200);
    let after = cookie(&again(PASSWORD, true));
    whoami(&before).problem(401, "unauthenticated");
    assert_eq!(whoami(&after).expect(200)["user"]["email"], "bob@example.org");
}

#[test]
fn what_one_server_ends_another_refuses_within_a_second() {
    let installation = Installation::postgres();
    let (server, _) = with_ann(&installation);
    let elsewhere = Installation::beside_server(&installation);
    let other = elsewhere.start();
    let signed_in = sign_in(&server);
    let token = text(&signed_in, "access_token");
    let (here, there) = (server.client_with(token), other.client_with(token));
    there.get("/api/v1/whoami").expect(200);
    here.post("/api/v1/sign-out", &json!({})).expect(204);
    let ended = Instant::now();
    while there.get("/api/v1/whoami").status == 200 {
        assert!(ended.elapsed() < Duration::from_secs(5), "it goes on for ever");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(ended.elapsed() < Duration::from_secs(1), "it took {:?}", ended.elapsed());
}

#[test]
fn others_verify_tokens_by_the_published_keys_and_may_keep_them_for_five_minutes() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann_as(&installation, "admin");
    let keys = || server.stranger().get("/.well-known/jwks.json");
    assert_eq!((keys().expect(200), keys().header("cache-control")), (json!({ "keys": [] }), Some("no-store")));
    let signed_in = sign_in(&server);
    let published = keys();
    assert_eq!(published.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(published.expect(200)["keys"].as_array().unwrap().len(), 1);
    let client = server.client_with(text(&signed_in, "access_token"));
    let rotated = client.post("/api/v1/signing-keys/rotate", &json!({})).expect(200);
    let ids: Vec<_> =
        keys().expect(200)["keys"].as_array().unwrap().iter().map(|key| text(key, "kid").to_owned()).collect();
    assert!(ids.len() == 2 && ids.iter().any(|id| id == text(&rotated, "id")), "published before it signs: {ids:?}");
    client.get("/api/v1/whoami").expect(200);
    refresh(&server, text(&signed_in, "refresh_token")).expect(200);
}
