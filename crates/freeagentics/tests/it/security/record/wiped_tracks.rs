//! Whoever rules over the record, and has something to hide in it.

use serde_json::json;

use crate::api::people::{invitation, join, key_of, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nobody_takes_themselves_out_of_the_record, what_is_nobody_is_not_forgotten);

fn nobody_takes_themselves_out_of_the_record(installation: Installation) {
    let server = installation.start();
    let eve = join(&server, &server.client(), "eve@example.org", &["admin"]);
    let ann = join(&server, &eve.client, "ann@example.org", &["observer"]);
    eve.client.send("DELETE", &ann.path(""), &[], "").expect(204);
    let erase = |which: &str, name: &str| eve.client.post("/api/v1/audit/erasures", &json!({ which: name }));
    for name in [&*eve.id, "start", "bootstrap"] {
        erase("principal", name).problem(409, "still_there");
        erase("subject", name).problem(409, "still_there");
    }
    erase("subject", &ann.id).expect(200);
    erase("principal", &ann.id).expect(200);
    let entries = eve.client.get("/api/v1/audit?action=audit.erase").expect(200)["items"].clone();
    let told = entries.as_array().unwrap().last().unwrap();
    assert_eq!(text(&told["principal"]), eve.id, "{entries}");
    assert_eq!(told["detail"]["by"][&eve.id], json!({ "user.delete": 1, "user.invite": 1 }), "{entries}");
    let left = eve.client.get(&format!("/api/v1/audit?subject={}", ann.id)).expect(200);
    assert_eq!(left["items"], json!([]), "nothing of who is gone");
}

fn what_is_nobody_is_not_forgotten(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let (stolen, key) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let service = stolen.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).expect(201);
    let service = text(&service["id"]);
    let (program, _) = key_of(&server, &admin, &format!("/api/v1/services/{service}/keys"), &["*"]);
    program.post("/api/v1/users", &invitation("left@example.org", &["admin"])).expect(201);
    let role = json!({ "name": "curator", "meaning": "m", "permissions": [] });
    stolen.post("/api/v1/roles", &role).expect(201);
    // Nor is it what looks like somebody who is gone.
    let disguised = json!({ "name": "u0123456789abcdef", "meaning": "m", "permissions": [] });
    stolen.post("/api/v1/roles", &disguised).problem(422, "role_invalid");
    let gone = join(&server, &admin, "gone@example.org", &["observer"]);
    let session = text(&gone.client.get("/api/v1/sessions").expect(200)["items"][0]["id"]);
    for path in [
        format!("/api/v1/keys/{key}"),
        format!("/api/v1/services/{service}"),
        "/api/v1/roles/curator".to_owned(),
        gone.path(""),
    ] {
        admin.send("DELETE", &path, &[], "").expect(204);
    }
    let erase = |which: &str, name: &str| admin.post("/api/v1/audit/erasures", &json!({ which: name }));
    for name in [&key, &service] {
        erase("principal", name).problem(409, "still_there");
    }
    for name in [&*key, &service, "curator", &session] {
        erase("subject", name).problem(409, "still_there");
    }
    // With whom a session was of, what it says of them goes; that somebody had one stays, and that it was one and the same.
    assert_ne!(erase("principal", &gone.id).expect(200)["entries"], 0);
    let told = admin.get("/api/v1/audit?action=audit.erase").expect(200)["items"][0]["detail"]["by"].clone();
    let by: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert!(by.len() == 1 && by[0].starts_with("forgotten-") && !by[0].contains(&gone.id), "{told}");
    assert_eq!(told[by[0]]["session.begin"], 1, "{told}");
}
