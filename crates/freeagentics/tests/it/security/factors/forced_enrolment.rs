//! Working with a session whose holder has to enrol a second factor first.

use serde_json::json;

use crate::api::person::Person;
use crate::api::{Installation, on_both_databases};

on_both_databases!(who_has_to_enrol_can_do_nothing_else);

fn who_has_to_enrol_can_do_nothing_else(installation: Installation) {
    let arguments = ["--set", "identity.factor_required_for=admin"];
    let server = installation.start_with(&arguments);
    let mut ann = Person::join(&installation, &server, "ann@example.org", "admin");
    let session = ann.client(&server);
    for path in
        ["/api/v1/agents", "/api/v1/keys", "/api/v1/audit", "/api/v1/models", "/api/v1/devices", "/api/v1/events"]
    {
        session.get(path).problem(403, "factor_enrolment_required");
    }
    let key = json!({ "name": "a way around", "permissions": ["agents:read"] });
    session.post("/api/v1/keys", &key).problem(403, "factor_enrolment_required");
    let mine = format!("/api/v1/users/{}/factors/reset", ann.id);
    session.post(&mine, &json!({})).problem(403, "factor_enrolment_required");
    assert_eq!(session.get("/api/v1/whoami").expect(200)["permissions"], json!([]));
    assert_eq!(session.get("/api/v1/factors").expect(200)["required"], true);
    ann.enrol(&server);
    session.get("/api/v1/keys").expect(200);
    let observer = Person::join(&installation, &server, "bob@example.org", "observer");
    observer.client(&server).get("/api/v1/agents").expect(200);
}
