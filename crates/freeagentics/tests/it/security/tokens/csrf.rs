//! Pages of other sites that make a browser send requests, with its owner's cookie.

use serde_json::{Value, json};

use crate::api::Installation;
use crate::api::sessions::{OURS, cookie, sign_in_for_cookie, with_ann_as};

const FOREIGN: (&str, &str) = ("sec-fetch-site", "cross-site");

#[test]
fn a_page_of_another_site_does_nothing_with_somebody_elses_cookie() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann_as(&installation, "admin");
    let cookie = cookie(&sign_in_for_cookie(&server, OURS));
    let make = |headers: &[(&str, &str)]| {
        let body = json!({ "name": "mine", "permissions": ["*"] }).to_string();
        let both = [("cookie", cookie.as_str()), ("content-type", "application/json")];
        let headers: Vec<(&str, &str)> = both.into_iter().chain(headers.iter().copied()).collect();
        server.stranger().send("POST", "/api/v1/keys", &headers, &body)
    };
    let own = format!("http://{}", server.address());
    make(&[OURS]).expect(201);
    make(&[("origin", &own)]).expect(201);
    let before = server.client().get("/api/v1/keys").expect(200)["items"].as_array().map(Vec::len);
    for headers in [
        &[][..],
        &[FOREIGN],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", &format!("{own}.evil.example"))],
        &[OURS, ("origin", "null")],
    ] {
        make(headers).problem(403, "cross_site_request");
    }
    let reads = [("cookie", cookie.as_str()), FOREIGN];
    server.stranger().send("GET", "/api/v1/keys", &reads, "").problem(403, "cross_site_request");
    let keys: Value = server.client().get("/api/v1/keys").expect(200);
    assert_eq!(keys["items"].as_array().map(Vec::len), before, "nothing was made");
}

#[test]
fn nobody_is_signed_in_as_somebody_else_by_another_site() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann_as(&installation, "observer");
    sign_in_for_cookie(&server, OURS).expect(200);
    sign_in_for_cookie(&server, FOREIGN).problem(403, "cross_site_request");
    sign_in_for_cookie(&server, ("origin", "https://evil.example")).problem(403, "cross_site_request");
}
