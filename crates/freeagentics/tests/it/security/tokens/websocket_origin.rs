//! A WebSocket that a page of another site opens: the browser sends the cookie, and no rule of origins keeps answers away.

use crate::api::Installation;
use crate::api::sessions::{OURS, cookie, sign_in, sign_in_for_cookie, text, with_ann};

#[test]
fn a_socket_with_a_cookie_is_opened_by_our_own_pages_only() {
    let installation = Installation::sqlite();
    let (server, _) = with_ann(&installation);
    let cookie = cookie(&sign_in_for_cookie(&server, OURS));
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let open = |own: &[(&str, &str)]| {
        let headers: Vec<(&str, &str)> = upgrade.into_iter().chain(own.iter().copied()).collect();
        server.stranger().stream("/api/v1/ws", &headers).0
    };
    let own = format!("http://{}", server.address());
    assert_eq!(open(&[("cookie", &cookie), ("origin", &own)]), 101);
    for foreign in
        [&[][..], &[("origin", "https://evil.example")], &[("origin", "null")], &[("sec-fetch-site", "cross-site")]]
    {
        let headers: Vec<(&str, &str)> =
            [("cookie", cookie.as_str())].into_iter().chain(foreign.iter().copied()).collect();
        assert_eq!(open(&headers), 403, "{foreign:?}");
    }
    // Whoever sets a header means it, from wherever.
    let bearer = format!("Bearer {}", text(&sign_in(&server), "access_token"));
    assert_eq!(open(&[("authorization", &bearer), ("origin", "https://elsewhere.example")]), 101);
}
