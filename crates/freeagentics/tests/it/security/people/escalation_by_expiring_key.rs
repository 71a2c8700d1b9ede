//! Keys that expire, used to stay.

use serde_json::{Value, json};

use super::put;
use crate::api::people::{invitation, join, key_of, text};
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(what_was_given_for_an_hour_is_not_kept);

fn what_was_given_for_an_hour_is_not_kept(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let eve = join(&server, &admin, "eve@example.org", &["observer"]);
    let gone = join(&server, &admin, "gone@example.org", &["admin"]);
    admin.post(&gone.path("/disable"), &Value::Null).expect(200);
    let role = json!({ "name": "reader", "meaning": "m", "permissions": [] });
    admin.post("/api/v1/roles", &role).expect(201);
    let guard = json!({ "name": "guard", "meaning": "m", "permissions": ["keys:read"], "factor_required": true });
    admin.post("/api/v1/roles", &guard).expect(201);
    let guarded = join(&server, &admin, "guarded@example.org", &["guard", "observer"]);
    let (lasting, giver) = key_of(&server, &admin, "/api/v1/keys", &["*"]);
    let bound = join(&server, &admin, "bound@example.org", &["observer"]);
    put(&lasting, &bound.path("/roles"), &json!({ "roles": ["guard", "observer"] })).expect(200);
    let open = json!({ "meaning": "m", "permissions": ["keys:read"], "factor_required": false });
    let of = |expires_in: Option<u32>| json!({ "name": "x", "permissions": ["*"], "expires_in": expires_in });
    let key = |client: &Client, path: &str, expires_in| {
        server.client_with(&text(&client.post(path, &of(expires_in)).expect(201)["key"]))
    };
    let hour = key(&admin, "/api/v1/keys", Some(3_600));
    let service = hour.post("/api/v1/services", &json!({ "name": "x", "roles": ["admin"] })).expect(201);
    let (service, keys) = (text(&service["id"]), format!("/api/v1/services/{}/keys", text(&service["id"])));
    let less = key(&hour, &keys, Some(60));
    less.get("/api/v1/users").expect(200);
    let mut taken_over = invitation("new@example.org", &["admin"]);
    taken_over["password_hash"] = json!("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let (ticket, enable) = (eve.path("/ticket"), gone.path("/enable"));
    for client in [&hour, &less] {
        let posts = [
            ("/api/v1/keys", of(None)),
            (&*keys, of(None)),
            ("/api/v1/workspaces", json!({ "name": "elsewhere" })),
            ("/api/v1/users", invitation("new@example.org", &["admin"])),
            ("/api/v1/users", taken_over.clone()),
            ("/api/v1/workspaces/1/users", invitation("new@example.org", &["admin"])),
            (&*ticket, json!({ "ticket": true })),
            (&*enable, json!({})),
        ];
        for (path, body) in posts {
            client.post(path, &body).problem(403, "outlives_maker");
        }
        let more = json!({ "name": "x", "roles": ["admin", "observer"] });
        put(client, &format!("/api/v1/services/{service}"), &more).expect(200);
        put(client, &eve.path("/roles"), &json!({ "roles": ["admin"] })).problem(403, "outlives_maker");
        let wider = json!({ "meaning": "m", "permissions": ["keys:write"] });
        put(client, "/api/v1/roles/reader", &wider).problem(403, "outlives_maker");
        client.post(&guarded.path("/factors/reset"), &Value::Null).problem(403, "outlives_maker");
        put(client, "/api/v1/roles/guard", &open).problem(403, "outlives_maker");
        put(client, &guarded.path("/roles"), &json!({ "roles": ["observer"] })).problem(403, "outlives_maker");
        client.send("DELETE", "/api/v1/roles/guard", &[], "").problem(403, "outlives_maker");
        let given = format!("/api/v1/principals/{giver}/made");
        client.send("DELETE", &given, &[], "").problem(403, "outlives_maker");
    }
    put(&admin, "/api/v1/roles/guard", &open).expect(200);
    admin.post("/api/v1/users", &invitation("new@example.org", &["admin"])).expect(201);
}
