//! Locking somebody else out by guessing wrongly on purpose.

use serde_json::json;

use super::password_guessing::{BEHIND_PROXY, from};
use crate::api::person::{PASSWORD, Person, text};
use crate::api::{Installation, on_both_databases, passkeys};

on_both_databases!(a_known_device_signs_in_whatever_others_do, a_passkey_signs_in_whatever_others_guess);

fn a_passkey_signs_in_whatever_others_guess(installation: Installation) {
    let server = installation.start_with(&[&BEHIND_PROXY[..], &passkeys::SETTINGS].concat());
    let (stranger, mut device) = (server.stranger(), passkeys::device());
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    passkeys::register(&ann.client(&server), &mut device);
    for i in 0..30 {
        let wrong = from(&stranger, &format!("203.0.113.{i}"), &ann.email, "wrong on purpose");
        assert!(matches!(wrong.status, 401 | 429), "{}", wrong.text);
    }
    from(&stranger, "198.51.100.7", &ann.email, PASSWORD).problem(401, "sign_in_refused");
    let shown = passkeys::shown(&mut device, &passkeys::asked(&stranger));
    passkeys::token(&passkeys::sign_in(&stranger, &shown));
}

fn a_known_device_signs_in_whatever_others_do(installation: Installation) {
    let server = installation.start_with(&BEHIND_PROXY);
    let stranger = server.stranger();
    let ann = installation.beside().user("ann@example.org", PASSWORD, "observer");
    let eve = Person::join(&installation, &server, "eve@example.org", "observer");
    let at_home = "198.51.100.7";
    let first = from(&stranger, at_home, "ann@example.org", PASSWORD).expect(200);
    assert_eq!(text(&first, "user"), ann);
    let device = text(&first, "device_token");
    server.client_with(&device).get("/api/v1/whoami").problem(401, "unauthenticated");
    for i in 0..40 {
        // From everywhere, her own address included.
        let address = if i % 2 == 0 { at_home.to_owned() } else { format!("203.0.113.{i}") };
        let wrong = from(&stranger, &address, "ann@example.org", "wrong on purpose");
        assert!(matches!(wrong.status, 401 | 429), "{}", wrong.text);
    }
    from(&stranger, at_home, "ann@example.org", PASSWORD).problem(401, "sign_in_refused");
    let with_device = |device: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", at_home)];
        let body = json!({ "email": "ann@example.org", "password": PASSWORD, "device_token": device });
        stranger.send("POST", "/api/v1/sign-in", &headers, &body.to_string())
    };
    let second = with_device(&device).expect(200);
    assert!(second.get("device_token").is_none(), "it is known");
    let cookie = format!("__Host-fa_device={device}");
    let headers = [("content-type", "application/json"), ("x-forwarded-for", at_home), ("cookie", &cookie)];
    let body = json!({ "email": "ann@example.org", "password": PASSWORD }).to_string();
    stranger.send("POST", "/api/v1/sign-in", &headers, &body).expect(200);
    // What a stranger could come up with.
    let own = eve.sign_in(&stranger, PASSWORD).expect(200);
    let of_eve = text(&own, "device_token");
    for forged in ["", "fad_", &format!("fad_{}", "0".repeat(64)), &of_eve, &format!("{device}0")] {
        with_device(forged).problem(401, "sign_in_refused");
    }
    let client = server.client_with(&text(&second, "access_token"));
    let listed = client.get("/api/v1/devices").expect(200);
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    eve.client(&server).send("DELETE", &format!("/api/v1/devices/{id}"), &[], "").problem(404, "device_not_found");
    client.send("DELETE", &format!("/api/v1/devices/{id}"), &[], "").expect(204);
    with_device(&device).problem(401, "sign_in_refused");
}
