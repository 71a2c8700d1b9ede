//! `POST /api/v1/sign-in`.

use serde_json::{Value, json};

use super::{Installation, PASSWORD, credentials, on_both_databases, sign_in, text, with_ann};

on_both_databases!(a_password_opens_what_the_role_allows);

fn a_password_opens_what_the_role_allows(installation: Installation) {
    let (server, ann) = with_ann(&installation);
    let answer = sign_in(&server);
    assert_eq!((text(&answer, "user"), &answer["roles"]), (ann.as_str(), &json!(["observer"])));
    let client = server.client_with(text(&answer, "access_token"));
    let whoami = client.get("/api/v1/whoami").expect(200);
    assert_eq!((text(&whoami, "id"), text(&whoami, "kind")), (ann.as_str(), "user"));
    assert_eq!((text(&whoami, "came_by"), text(&whoami, "session")), ("token", text(&answer, "session")));
    assert_eq!(whoami["user"]["roles"], json!(["observer"]));
    client.get("/api/v1/agents").expect(200);
    client.get("/api/v1/keys").problem(403, "forbidden");
    let mut written = installation.beside().rows(
        "SELECT principal, subject, detail FROM audit_entries WHERE action = 'session.begin' \
         UNION ALL SELECT principal, subject, detail FROM outbox WHERE action = 'session.begin'",
    );
    assert_eq!(written.len(), 1, "a session is on record, once");
    let told = [0, 1, 2].map(|column| written[0].text(column).unwrap());
    assert_eq!((&told[0], &*told[1]), (&ann, text(&answer, "session")));
    assert!(told[2].contains("127.0.0.1"), "{}", told[2]);
}

#[test]
fn whoever_is_refused_does_not_learn_why() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let refused = |body: &Value| {
        let answer = server.stranger().post("/api/v1/sign-in", body);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        let mut document = answer.problem(401, "sign_in_refused");
        document.as_object_mut().unwrap().remove("request_id");
        document
    };
    let wrong = refused(&credentials("correct horse batterie"));
    assert_eq!(refused(&json!({ "email": "nobody@example.org", "password": "x" })), wrong);
    assert_eq!(refused(&json!({ "email": "", "password": "" })), wrong);
    assert_eq!(refused(&json!({ "email": "' OR 1 = 1 --", "password": "\u{0}" })), wrong);
    let more = json!({ "email": "a@b.example", "password": "x", "roles": ["admin"] });
    server.stranger().post("/api/v1/sign-in", &more).problem(422, "invalid_body");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let sent = server.stranger().send("POST", "/api/v1/sign-in", &form, "email=a&password=b");
    sent.problem(415, "unsupported_media_type");
}

#[test]
fn a_password_is_not_in_the_log_nor_is_what_it_opens() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let token = text(&sign_in(&server), "access_token").to_owned();
    server.stranger().post("/api/v1/sign-in", &credentials("a wrong one")).problem(401, "sign_in_refused");
    server.client_with(&token).get("/api/v1/whoami").expect(200);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(log.contains("/api/v1/sign-in"), "requests are logged");
    for secret in [PASSWORD, "a wrong one", &token] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
