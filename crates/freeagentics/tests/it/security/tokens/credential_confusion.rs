//! Secrets that are shown where other secrets belong.

use crate::api::sessions::{OURS, cookie, refresh, sign_in, sign_in_for_cookie, text, with_ann};
use crate::api::{Installation, KEY};

#[test]
fn a_secret_is_good_for_what_it_was_given_for_and_nothing_else() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let signed_in = sign_in(&server);
    let cookie = cookie(&sign_in_for_cookie(&server, OURS));
    let kept = cookie.split('=').nth(1).unwrap();
    let (access, next) = (text(&signed_in, "access_token"), text(&signed_in, "refresh_token"));
    server.client_with(access).get("/api/v1/whoami").expect(200);
    server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &cookie)], "").expect(200);
    for (credential, what) in [(next, "a refresh token"), (kept, "the text of a cookie")] {
        let answer = server.client_with(credential).get("/api/v1/whoami");
        assert_eq!(answer.status, 401, "{what} in Authorization: {}", answer.text);
    }
    for (credential, what) in [(next, "a refresh token"), (access, "an access token"), (KEY, "an API key")] {
        let header = format!("__Host-fa_session={credential}");
        let answer = server.stranger().send("GET", "/api/v1/whoami", &[("cookie", &header)], "");
        assert_eq!(answer.status, 401, "{what} in a cookie: {}", answer.text);
    }
    for credential in [access, kept, KEY] {
        refresh(&server, credential).problem(401, "refresh_refused");
    }
    let wrong = server.client_with("wrong").send("GET", "/api/v1/whoami", &[("cookie", &cookie)], "");
    wrong.problem(401, "unauthenticated");
    refresh(&server, next).expect(200);
}
