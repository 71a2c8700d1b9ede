//! The sessions of somebody else, seen and ended by who may.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{PASSWORD, join, key_of, on_both_databases, recorded, sign_in, text};
use crate::api::{Client, Installation};

on_both_databases!(who_may_sees_where_somebody_is_signed_in_and_signs_them_out);

fn delete(client: &Client, path: &str) -> super::Answer {
    client.send("DELETE", path, &[], "")
}

/// The ids of the sessions that are listed.
fn ids(listed: &Value) -> Vec<String> {
    listed["items"].as_array().unwrap().iter().map(|session| text(&session["id"])).collect()
}

fn who_may_sees_where_somebody_is_signed_in_and_signs_them_out(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let ann = join(&server, &admin, "ann@example.org", &["observer"]);
    let second = sign_in(&server, "ann@example.org", PASSWORD);
    let listed = admin.get(&ann.path("/sessions")).expect(200);
    assert_eq!(ids(&listed), ids(&ann.client.get("/api/v1/sessions").expect(200)), "what she sees herself");
    assert_eq!((&listed["items"][0]["address"], &listed["items"][0]["current"]), (&json!("127.0.0.1"), &json!(false)));
    let own = text(&second.get("/api/v1/whoami").expect(200)["session"]);
    let one = ann.path(&format!("/sessions/{own}"));
    delete(&admin, &one).expect(204);
    second.get("/api/v1/whoami").problem(401, "unauthenticated");
    ann.client.get("/api/v1/whoami").expect(200);
    delete(&admin, &one).problem(404, "session_not_found");
    let bob = join(&server, &admin, "bob@example.org", &["observer"]);
    let of_bob = text(&bob.client.get("/api/v1/whoami").expect(200)["session"]);
    delete(&admin, &ann.path(&format!("/sessions/{of_bob}"))).problem(404, "session_not_found");
    delete(&admin, &ann.path("/sessions")).expect(204);
    ann.client.get("/api/v1/whoami").problem(401, "unauthenticated");
    bob.client.get("/api/v1/whoami").expect(200);
    assert_eq!(ids(&admin.get(&ann.path("/sessions")).expect(200)), [""; 0]);
    sign_in(&server, "ann@example.org", PASSWORD);
    assert_eq!(recorded(&installation, &own), ["session.begin", "session.end"]);
    assert_eq!(recorded(&installation, &ann.id).last().unwrap(), "session.end_all");
    let sql = format!("SELECT principal, detail FROM outbox WHERE subject = '{own}' AND action = 'session.end'");
    let sql = format!("{sql} UNION ALL {}", sql.replace("outbox", "audit_entries"));
    let mut told = installation.beside().rows(&sql);
    let [by, detail] = [0, 1].map(|column| told[0].text(column).unwrap());
    assert_eq!((by.as_str(), detail), ("bootstrap", format!(r#"{{"user":"{}"}}"#, ann.id)), "who did it, and to whom");
}

#[test]
fn nobody_signs_out_who_may_more_than_they() {
    let server = Installation::sqlite().start();
    let admin = server.client();
    let (helper, _) = key_of(&server, &admin, "/api/v1/keys", &["sessions:read", "sessions:end"]);
    let boss = join(&server, &admin, "boss@example.org", &["admin"]);
    let session = text(&helper.get(&boss.path("/sessions")).expect(200)["items"][0]["id"]);
    delete(&helper, &boss.path("/sessions")).problem(403, "grants_too_much");
    delete(&helper, &boss.path(&format!("/sessions/{session}"))).problem(403, "grants_too_much");
    boss.client.get("/api/v1/whoami").expect(200);
    for path in ["/api/v1/users/nobody/sessions", "/api/v1/users/nobody/sessions/x"] {
        delete(&helper, path).problem(404, "user_not_found");
    }
    helper.get("/api/v1/users/nobody/sessions").problem(404, "user_not_found");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is promised is a time")]
fn who_is_signed_out_on_one_server_is_out_on_another_within_a_second() {
    let installation = Installation::postgres();
    let server = installation.start();
    let ann = join(&server, &server.client(), "ann@example.org", &["observer"]);
    let credentials = json!({ "email": "ann@example.org", "password": PASSWORD });
    let token = text(&server.stranger().post("/api/v1/sign-in", &credentials).expect(200)["access_token"]);
    let elsewhere = Installation::beside_server(&installation);
    let other = elsewhere.start();
    let there = other.client_with(&token);
    there.get("/api/v1/whoami").expect(200);
    delete(&server.client(), &ann.path("/sessions")).expect(204);
    let ended = Instant::now();
    while there.get("/api/v1/whoami").status == 200 {
        assert!(ended.elapsed() < Duration::from_secs(5), "it goes on for ever");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(ended.elapsed() < Duration::from_secs(1), "it took {:?}", ended.elapsed());
}
