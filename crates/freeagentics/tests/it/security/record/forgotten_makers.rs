//! Whoever wants it hidden who made what still lets somebody in.

use serde_json::{Value, json};

use super::super::people::put;
use crate::api::people::{join, key_of, text};
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(who_made_what_works_is_known_when_they_are_forgotten);

/// What is on record about something, the earliest first.
fn about(client: &Client, subject: &str) -> Vec<Value> {
    let told = client.get(&format!("/api/v1/audit?subject={subject}")).expect(200)["items"].clone();
    told.as_array().unwrap().iter().rev().cloned().collect()
}

fn who_made_what_works_is_known_when_they_are_forgotten(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let account = text(&admin.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).expect(201)["id"]);
    let ann = join(&server, &admin, "ann@example.org", &["observer"]);
    let eve = join(&server, &admin, "eve@example.org", &["admin"]);
    let (back, key) = key_of(&server, &eve.client, &format!("/api/v1/services/{account}/keys"), &["*"]);
    put(&eve.client, &ann.path("/roles"), &json!({ "roles": ["admin"] })).expect(200);
    let session = text(&eve.client.get("/api/v1/sessions").expect(200)["items"][0]["id"]);
    admin.send("DELETE", &eve.path(""), &[], "").expect(204);
    let erased = admin.post("/api/v1/audit/erasures", &json!({ "principal": eve.id })).expect(200);
    assert_ne!(erased["entries"], 0);
    back.get("/api/v1/whoami").expect(200);
    let made = about(&admin, &key);
    assert_eq!((made.len(), &made[0]["action"]), (1, &json!("audit.restate")), "{made:?}");
    let told = &made[0]["detail"];
    assert_eq!((&told["action"], &told["detail"]["service"]), (&json!("key.create"), &json!(account)), "{told}");
    assert!(text(&told["at"]).starts_with("20") && text(&told["by"]).starts_with("forgotten-"), "{told}");
    let given = about(&admin, &ann.id);
    let given = given.last().unwrap();
    assert_eq!(
        (&given["detail"]["action"], &given["detail"]["detail"]["roles"]),
        (&json!("user.roles"), &json!(["admin"]))
    );
    assert_eq!(given["detail"]["by"], told["by"], "one and the same");
    // What is the person's own is gone, and their name is nowhere.
    assert_eq!(about(&admin, &session), Vec::<Value>::new());
    let all = admin.get("/api/v1/audit?action=audit.restate&limit=1000").expect(200);
    assert!(!all.to_string().contains(&eve.id), "{all}");
}
