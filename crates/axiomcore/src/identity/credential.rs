//! Where in a request its credential is.

use axum::http::header::{AUTHORIZATION, COOKIE, SEC_WEBSOCKET_PROTOCOL};
use axum::http::request::Parts;

/// A credential, as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credential<'r> {
    /// In a header that a program sets on purpose.
    Bearer(&'r str),
    /// In a cookie, which a browser sends along whoever makes it send a request.
    Cookie(&'r str),
}

/// What a WebSocket's protocol that is a credential begins with.
const PROTOCOL: &str = "bearer.";

/// The credential: in `Authorization`; among the protocols that a WebSocket offers, because a page in a browser can set no
/// other header there; or in the cookie of this name. Whoever sends a header means it, so a wrong one is not made up for
/// by a cookie.
pub(super) fn credential<'r>(parts: &'r Parts, cookie: &str) -> Option<Credential<'r>> {
    if let Some(authorization) = parts.headers.get(AUTHORIZATION) {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| Credential::Bearer(token.trim()));
    }
    offered(parts).map(Credential::Bearer).or_else(|| kept(parts, cookie).map(Credential::Cookie))
}

fn offered(parts: &Parts) -> Option<&str> {
    let mut protocols = parts.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    protocols.find_map(|line| line.split(',').find_map(|protocol| protocol.trim().strip_prefix(PROTOCOL)))
}

/// Two cookies of the name are none: one of them would have been put there by somebody else.
pub(super) fn kept<'r>(parts: &'r Parts, name: &str) -> Option<&'r str> {
    let lines = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    });
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn found(headers: &[(&str, &str)]) -> Option<String> {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        credential(&parts, "__Host-fa_session").map(|found| format!("{found:?}"))
    }

    #[test]
    fn a_header_goes_before_a_cookie_even_if_it_is_wrong() {
        let cookie = ("cookie", "a=b; __Host-fa_session=text; c=d");
        assert_eq!(found(&[cookie]).as_deref(), Some("Cookie(\"text\")"));
        assert_eq!(found(&[cookie, ("authorization", "bearer  key")]).as_deref(), Some("Bearer(\"key\")"));
        assert_eq!(found(&[cookie, ("authorization", "Basic a2V5")]), None);
        let protocols = ("sec-websocket-protocol", "one, bearer.key");
        assert_eq!(found(&[cookie, protocols]).as_deref(), Some("Bearer(\"key\")"));
    }

    #[test]
    fn of_two_cookies_of_the_name_neither_counts() {
        assert_eq!(found(&[("cookie", "__Host-fa_session=a; __Host-fa_session=b")]), None);
        assert_eq!(found(&[("cookie", "__Host-fa_session=a"), ("cookie", "__Host-fa_session=b")]), None);
        assert_eq!(found(&[("cookie", "fa_session=a; x__Host-fa_session=b")]), None);
    }
}
