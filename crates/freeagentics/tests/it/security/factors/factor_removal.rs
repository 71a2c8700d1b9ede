//! Removing or binding a second factor with nothing but a stolen session.

use serde_json::json;

use crate::api::person::{PASSWORD, Person};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_session_is_not_enough_to_change_how_its_holder_signs_in);

fn a_session_is_not_enough_to_change_how_its_holder_signs_in(installation: Installation) {
    let server = installation.start();
    let mut ann = Person::enrolled(&installation, &server, "ann@example.org");
    let session = ann.client(&server);
    let remove = |password: &str, member: &str, value: &str| {
        session.post("/api/v1/factors/app/remove", &json!({ "password": password, member: value }))
    };
    session.post("/api/v1/factors/app/remove", &json!({})).problem(422, "invalid_body");
    session.post("/api/v1/factors/app/remove", &json!({ "password": PASSWORD })).problem(422, "invalid_body");
    let right = ann.code();
    remove("a wrong password", "code", &right).problem(403, "password_wrong");
    remove(PASSWORD, "code", "000000").problem(403, "factor_code_wrong");
    remove(PASSWORD, "recovery_code", "aaaa-aaaa-aaaa-aaaa").problem(403, "factor_code_wrong");
    session.post("/api/v1/factors/app", &json!({ "password": PASSWORD })).problem(409, "factor_exists");
    session.post("/api/v1/factors/recovery-codes", &json!({ "code": "000000" })).problem(403, "factor_code_wrong");
    let own = format!("/api/v1/users/{}/factors/reset", ann.id);
    session.post(&own, &json!({})).problem(403, "forbidden");
    assert!(session.get("/api/v1/factors").expect(200)["since"].is_string(), "it is there still");
    let bob = Person::join(&installation, &server, "bob@example.org", "observer");
    let stolen = bob.client(&server);
    let bind = stolen.post("/api/v1/factors/app", &json!({ "password": "a guess of it" }));
    bind.problem(403, "password_wrong");
    let program = server.client().post("/api/v1/factors/app", &json!({ "password": PASSWORD }));
    program.problem(403, "people_only");
    remove(PASSWORD, "code", &right).expect(204);
    server.client().post(&format!("/api/v1/users/{}/factors/reset", bob.id), &json!({})).expect(204);
}
