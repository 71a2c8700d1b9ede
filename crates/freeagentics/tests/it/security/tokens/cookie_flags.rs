//! Cookies that scripts read, that cross the network in the clear, or that other hosts set.

use serde_json::json;

use crate::api::Installation;
use crate::api::sessions::{OURS, sign_in_for_cookie, with_ann};

#[test]
fn a_cookie_goes_back_to_this_host_alone_over_tls_and_no_script_reads_it() {
    let installation = Installation::sqlite();
    let (server, ann) = with_ann(&installation);
    let answer = sign_in_for_cookie(&server, OURS);
    let document = answer.expect(200);
    for token in ["access_token", "refresh_token"] {
        assert!(document.get(token).is_none(), "a script would have it: {document}");
    }
    let set = answer.header("set-cookie").unwrap();
    let (pair, attributes) = set.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-fa_session=fas_"), "{pair}");
    assert_eq!(attributes, "Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict");
    assert!(!document.to_string().contains(pair.split('=').nth(1).unwrap()), "nor is its text in the answer");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let whoami = server.stranger().send("GET", "/api/v1/whoami", &[("cookie", pair)], "").expect(200);
    assert_eq!((&whoami["id"], &whoami["came_by"]), (&json!(ann), &json!("cookie")));
}

#[test]
fn a_cookie_that_another_host_could_have_set_is_none() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let answer = sign_in_for_cookie(&server, OURS);
    let pair = answer.header("set-cookie").unwrap().split(';').next().unwrap();
    let text = pair.split('=').nth(1).unwrap();
    for cookie in [format!("fa_session={text}"), format!("__Secure-fa_session={text}"), format!("{pair}; {pair}")] {
        server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &cookie)], "").problem(401, "unauthenticated");
    }
}
