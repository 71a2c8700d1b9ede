//! Binding an account to another's device, or taking its owner's away, with nothing but a stolen session.

use serde_json::json;

use crate::api::passkeys::{SETTINGS, asked, begin, device, made, register, shown, shown_again, sign_in, token};
use crate::api::person::{PASSWORD, Person, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_session_binds_no_device_and_removes_none);

fn a_session_binds_no_device_and_removes_none(installation: Installation) {
    let server = installation.start_with(&SETTINGS);
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    let eve = Person::join(&installation, &server, "eve@example.org", "observer");
    let (stolen, hers, stranger) = (ann.client(&server), eve.client(&server), server.stranger());
    begin(&stolen, "a guess of it", &json!({})).problem(403, "password_wrong");
    let (mut phone, mut evil) = (device(), device());
    let spare = begin(&stolen, PASSWORD, &json!({})).expect(200);
    let first = register(&stolen, &mut phone);
    // What was begun when there was no factor to show.
    let planted = stolen.post("/api/v1/factors/passkeys", &made(&mut evil, &spare["public_key"]));
    planted.problem(422, "passkey_invalid");
    assert_eq!(first["recovery_codes"].as_array().unwrap().len(), 10);
    // Even with the password: the factor that is there guards the next.
    begin(&stolen, PASSWORD, &json!({})).problem(403, "factor_proof_required");
    begin(&stolen, PASSWORD, &json!({ "code": "000000" })).problem(403, "factor_code_wrong");
    stolen.post("/api/v1/factors/app", &json!({ "password": PASSWORD })).problem(403, "factor_proof_required");
    // What was begun by one is not ended by another.
    let begun = begin(&hers, PASSWORD, &json!({})).expect(200);
    let planted = stolen.post("/api/v1/factors/passkeys", &made(&mut evil, &begun["public_key"]));
    planted.problem(422, "passkey_invalid");
    // A device of Eve's is nobody else's, whatever it says.
    register(&hers, &mut evil);
    let mut posing = shown(&mut evil, &asked(&stranger));
    posing["response"]["userHandle"] = shown(&mut phone, &asked(&stranger))["response"]["userHandle"].clone();
    sign_in(&stranger, &posing).problem(401, "sign_in_refused");
    let needed = ann.sign_in(&stranger, PASSWORD).problem(401, "second_factor_required");
    let crossed = json!({ "challenge": needed["challenge"], "passkey": shown(&mut evil, &needed["public_key"]) });
    stranger.post("/api/v1/sign-in/factor", &crossed).problem(401, "sign_in_refused");
    let id = text(&first, "id");
    let path = format!("/api/v1/factors/passkeys/{id}/remove");
    stolen.post(&path, &json!({})).problem(422, "invalid_body");
    stolen.post(&path, &json!({ "password": PASSWORD })).problem(422, "invalid_body");
    let proof = shown_again(&hers, &mut evil);
    hers.post(&path, &json!({ "password": PASSWORD, "passkey": proof })).problem(404, "passkey_not_found");
    let proof = shown_again(&hers, &mut evil);
    stolen.post(&path, &json!({ "password": PASSWORD, "passkey": proof })).problem(403, "factor_code_wrong");
    let program = begin(&server.client(), PASSWORD, &json!({}));
    program.problem(403, "people_only");
    assert_eq!(stolen.get("/api/v1/factors").expect(200)["passkeys"], 1, "it is there still");
    // Her own device, her own password: then it goes, and is worth nothing from then on.
    token(&sign_in(&stranger, &shown(&mut phone, &asked(&stranger))));
    let proof = shown_again(&stolen, &mut phone);
    stolen.post(&path, &json!({ "password": PASSWORD, "passkey": proof })).expect(204);
    sign_in(&stranger, &shown(&mut phone, &asked(&stranger))).problem(401, "sign_in_refused");
}
