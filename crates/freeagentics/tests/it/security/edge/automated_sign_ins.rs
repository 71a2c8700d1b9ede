//! Signing in without anybody there.

use serde_json::json;

use crate::api::Installation;

#[test]
fn an_address_signs_in_only_so_often() {
    let installation = Installation::sqlite();
    let set = ["--set", "limits.sign_in=5/1h", "--set", "identity.passkey_domain=example.org"];
    let server = installation.start_with(&set);
    let stranger = server.stranger();
    let sign_in = |n: usize| {
        let body = json!({ "email": format!("person{n}@example.org"), "password": "correct horse battery" });
        stranger.post("/api/v1/sign-in", &body).status
    };
    let statuses: Vec<u16> = (0..3).map(sign_in).collect();
    assert!(statuses.iter().all(|status| [401, 403].contains(status)), "{statuses:?}");
    for body in [json!({}), json!([])] {
        assert_eq!(stranger.post("/api/v1/sign-in", &body).status, 422);
    }
    // Whoever only asks what to show has not tried to sign in.
    (0..20).for_each(|_| _ = crate::api::passkeys::asked(&stranger));
    let refused = stranger.post("/api/v1/sign-in", &json!({}));
    assert_eq!(refused.problem(429, "rate_limited")["class"], "sign_in");
    assert_eq!(sign_in(9), 429);
    stranger.get("/openapi.json").expect(200);
    server.client().get("/api/v1/whoami").expect(200);
}
