//! Getting in with the password alone although there is a second factor.

use serde_json::json;

use crate::api::person::{PASSWORD, Person, answer, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(the_password_alone_opens_nothing);

fn the_password_alone_opens_nothing(installation: Installation) {
    let server = installation.start();
    let mut ann = Person::enrolled(&installation, &server, "ann@example.org");
    let mut eve = Person::enrolled(&installation, &server, "eve@example.org");
    let stranger = server.stranger();
    let needed = ann.sign_in(&stranger, PASSWORD);
    assert!(needed.header("set-cookie").is_none() && !needed.text.contains("token"), "{}", needed.text);
    let challenge = text(&needed.problem(401, "second_factor_required"), "challenge");
    for path in ["/api/v1/whoami", "/api/v1/agents", "/api/v1/factors", "/api/v1/devices"] {
        server.client_with(&challenge).get(path).problem(401, "unauthenticated");
    }
    let cookie = format!("__Host-fa_session={challenge}");
    stranger.send("GET", "/api/v1/whoami", &[("cookie", &cookie)], "").problem(401, "unauthenticated");
    // The second step without the first, without anything, and with what is somebody else's.
    for body in
        [json!({ "challenge": challenge }), json!({ "code": "000000" }), json!({ "challenge": "", "code": null })]
    {
        assert!(matches!(stranger.post("/api/v1/sign-in/factor", &body).status, 401 | 422), "{body}");
    }
    answer(&stranger, &format!("challenge_{}", "0".repeat(64)), "code", &ann.code()).problem(401, "challenge_invalid");
    answer(&stranger, &challenge, "code", &eve.code()).problem(401, "sign_in_refused");
    answer(&stranger, &challenge, "recovery_code", &eve.recovery_codes[0]).problem(401, "sign_in_refused");
    for wrong in ["", "null", "0", "000000"] {
        stranger
            .post("/api/v1/sign-in", &json!({ "email": ann.email, "password": PASSWORD, "code": wrong }))
            .problem(401, "sign_in_refused");
    }
    let mut honest = Person::enrolled(&installation, &server, "honest@example.org");
    let challenge = honest.challenge(&stranger);
    let signed_in = answer(&stranger, &challenge, "code", &honest.code()).expect(200);
    server.client_with(&text(&signed_in, "access_token")).get("/api/v1/agents").expect(200);
    answer(&stranger, &challenge, "recovery_code", &honest.recovery_codes[0]).problem(401, "challenge_invalid");
    let at_once = json!({ "email": honest.email, "password": PASSWORD, "recovery_code": honest.recovery_codes[0] });
    stranger.post("/api/v1/sign-in", &at_once).expect(200);
}
