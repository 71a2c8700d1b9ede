//! Names that a browser could take for a page.

use serde_json::json;

use crate::api::people::invitation;
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_name_is_data_wherever_it_is_told);

fn a_name_is_data_wherever_it_is_told(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    let names =
        ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "\"><svg/onload=x>"];
    for (number, name) in names.iter().enumerate() {
        let mut body = invitation(&format!("p{number}@example.org"), &[]);
        body["name"] = json!(name);
        let made = admin.post("/api/v1/users", &body).expect(201);
        assert_eq!(made["name"], *name);
        let told = admin.get(&format!("/api/v1/users/{}", made["id"].as_str().unwrap()));
        assert_eq!(told.header("content-type"), Some("application/json"));
        assert_eq!(told.header("x-content-type-options"), Some("nosniff"));
        assert!(told.header("content-security-policy").is_some_and(|policy| !policy.contains("unsafe")));
    }
    for unseen in ["ann\u{202e}nimda", "ad\u{200b}min", "two\nlines", "\u{feff}"] {
        let mut body = invitation("eve@example.org", &[]);
        body["name"] = json!(unseen);
        admin.post("/api/v1/users", &body).problem(422, "name_invalid");
        admin.post("/api/v1/keys", &json!({ "name": unseen, "permissions": [] })).problem(422, "key_name");
    }
}
