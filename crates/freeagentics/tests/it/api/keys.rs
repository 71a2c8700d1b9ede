//! API keys over HTTP: made, used, listed, revoked.

use std::time::Duration;

use serde_json::{Value, json};

use super::agents::{create, with_watchdog};
use super::{Client, Installation, on_both_databases};

on_both_databases!(a_key_lives_from_its_making_to_its_end, nobody_hands_on_more_than_they_have);

fn make(client: &Client, permissions: &[&str]) -> Value {
    let wanted = json!({ "name": "a program", "permissions": permissions });
    client.post("/api/v1/keys", &wanted).expect(201)
}

fn text(made: &Value) -> &str {
    made["key"].as_str().unwrap()
}

fn a_key_lives_from_its_making_to_its_end(installation: Installation) {
    let server = with_watchdog(&installation);
    let admin = server.client();
    create(&admin, "a");
    let made = make(&admin, &["agents:read"]);
    let reader = server.client_with(text(&made));
    reader.get("/api/v1/agents/a").expect(200);
    reader.post("/api/v1/agents", &json!({ "model": "watchdog" })).problem(403, "forbidden");
    reader.get("/api/v1/keys").problem(403, "forbidden");
    let listed = admin.get("/api/v1/keys");
    assert!(!listed.text.contains(text(&made)), "the text of a key is told once");
    let listed = listed.expect(200)["items"].clone();
    let own = listed.as_array().unwrap().iter().find(|key| key["id"] == made["id"]).unwrap().clone();
    assert_eq!(
        (&own["name"], &own["permissions"], &own["revoked_at"]),
        (&json!("a program"), &json!(["agents:read"]), &Value::Null)
    );
    let address = format!("/api/v1/keys/{}", made["id"].as_str().unwrap());
    admin.send("DELETE", &address, &[], "").expect(204);
    reader.get("/api/v1/agents/a").problem(401, "unauthenticated");
    admin.send("DELETE", &address, &[], "").problem(404, "key_not_found");
    let mut written = installation.beside().rows(
        "SELECT action, subject, detail, principal FROM audit_entries WHERE action LIKE 'key.%' AND principal <> 'start' \
         UNION ALL SELECT action, subject, detail, principal FROM outbox WHERE action LIKE 'key.%' AND principal <> 'start' \
         ORDER BY 1",
    );
    let told: Vec<[String; 2]> = written.iter_mut().map(|row| [row.text(0).unwrap(), row.text(1).unwrap()]).collect();
    let id = made["id"].as_str().unwrap();
    assert_eq!(told, [["key.create", id], ["key.revoke", id]], "who may do what is on record, once each");
    assert!(written[0].text(2).unwrap().contains("agents:read") && written[0].text(3).unwrap() == "bootstrap");
}

fn nobody_hands_on_more_than_they_have(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let maker = server.client_with(text(&make(&admin, &["keys:read", "keys:write", "agents:read"])));
    make(&maker, &["agents:read"]);
    for (permissions, status, code) in [
        (json!(["agents:write"]), 403, "grants_too_much"),
        (json!(["*"]), 403, "grants_too_much"),
        (json!(["agents:read", "*"]), 422, "permission_unknown"),
        (json!(["agents:reed"]), 422, "permission_unknown"),
    ] {
        let wanted = json!({ "name": "more", "permissions": permissions });
        maker.post("/api/v1/keys", &wanted).problem(status, code);
    }
    admin
        .post("/api/v1/keys", &json!({ "name": "more", "permissions": ["agents:reed"] }))
        .problem(422, "permission_unknown");
    for name in [String::new(), "two\nlines".into(), "x".repeat(201)] {
        admin.post("/api/v1/keys", &json!({ "name": name, "permissions": [] })).problem(422, "key_name");
    }
    let second = make(&admin, &["*"]);
    let administrator = server.client_with(text(&second));
    let whoami = administrator.get("/api/v1/whoami").expect(200);
    assert_eq!(whoami["administrator"], true);
    let first = admin.get("/api/v1/whoami").expect(200)["id"].as_str().unwrap().to_owned();
    administrator.send("DELETE", &format!("/api/v1/keys/{first}"), &[], "").expect(204);
    admin.get("/api/v1/whoami").problem(401, "unauthenticated");
    let own = format!("/api/v1/keys/{}", second["id"].as_str().unwrap());
    administrator.send("DELETE", &own, &[], "").problem(409, "last_administrator");
}

#[test]
fn a_key_ends_by_itself_when_its_time_is_over() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let wanted = json!({ "name": "brief", "permissions": ["agents:read"], "expires_in": 2 });
    let made = server.client().post("/api/v1/keys", &wanted).expect(201);
    let brief = server.client_with(text(&made));
    brief.get("/api/v1/agents").expect(200);
    std::thread::sleep(Duration::from_millis(2_100));
    let told = brief.get("/api/v1/agents").problem(401, "unauthenticated");
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.starts_with("this API key expired at 20"), "{detail}");
    assert!(told["mend"].as_str().unwrap().contains("new key"), "{told}");
    // Nobody else learns that there was one.
    let (rest, last) = text(&made).split_at(text(&made).len() - 1);
    let wrong = server.client_with(&format!("{rest}{}", if last == "0" { "1" } else { "0" }));
    let told = wrong.get("/api/v1/agents").problem(401, "unauthenticated");
    assert_eq!(told.get("detail"), None, "{told}");
    let never = json!({ "name": "never", "permissions": [], "expires_in": 0 });
    server.client().post("/api/v1/keys", &never).problem(422, "invalid_body");
}
