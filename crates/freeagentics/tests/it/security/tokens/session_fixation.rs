//! A session that somebody has prepared for somebody else.

use serde_json::json;

use crate::api::Installation;
use crate::api::sessions::{EMAIL, OURS, PASSWORD, cookie, sign_in_for_cookie, with_ann};

#[test]
fn whoever_signs_in_has_a_session_that_nobody_knew_before() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let prepared = cookie(&sign_in_for_cookie(&server, OURS));
    let made_up = format!("__Host-fa_session=fas_{}_{}", "0".repeat(32), "0".repeat(64));
    for before in [prepared.as_str(), &made_up] {
        let given = cookie(&sign_in_for_cookie(&server, ("cookie", before)));
        assert_ne!(given, before);
        let id = |cookie: &str| cookie.split('_').nth(4).unwrap().to_owned();
        assert_ne!(id(&given), id(before), "the session is another one");
        server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &given)], "").expect(200);
    }
    server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &made_up)], "").problem(401, "unauthenticated");
    let wanted = json!({ "email": EMAIL, "password": PASSWORD, "cookie": true, "session": "0".repeat(32) });
    server.stranger().post("/api/v1/sign-in", &wanted).problem(422, "invalid_body");
}
