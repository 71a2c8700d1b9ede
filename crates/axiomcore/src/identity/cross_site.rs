//! Requests that a page of another site makes a browser send. The browser adds the cookie whoever asks, so with a cookie a
//! request has to show that it comes from a page of our own.
//!
//! Browsers say so by themselves: in `Sec-Fetch-Site`, and in `Origin` with whatever could change something and with every
//! WebSocket. There is no token to be embedded in pages that could leak or be forgotten. `SameSite=Strict` on the cookie
//! is the first wall; this is the second.

use axum::http::header::{HOST, ORIGIN, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method};

use super::codes::CROSS_SITE_REQUEST;
use crate::http::Problem;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request with a cookie unless it comes from a page of this very origin. One that only reads may come from
/// somebody who typed the address.
pub(super) fn refuse_cross_site(parts: &Parts) -> Result<(), Problem> {
    let only_reads = matches!(parts.method, Method::GET | Method::HEAD) && !parts.headers.contains_key(UPGRADE);
    let text = |name: HeaderName| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_ours = match (text(SITE), text(ORIGIN)) {
        (Some("same-origin"), None) => true,
        (Some("none"), None) | (None, None) => only_reads,
        (None | Some("same-origin"), Some(origin)) => is_of_host(origin, text(HOST).unwrap_or_default()),
        _ => false,
    };
    if is_ours { Ok(()) } else { Err(Problem::new(&CROSS_SITE_REQUEST)) }
}

/// Refuses what says of itself that it comes from elsewhere; what says nothing is no browser's.
pub(super) fn refuse_foreign(parts: &Parts) -> Result<(), Problem> {
    let speaks = parts.headers.contains_key(SITE) || parts.headers.contains_key(ORIGIN);
    if speaks { refuse_cross_site(parts) } else { Ok(()) }
}

/// Whether an origin, such as `https://example.org:8443`, is the host that the request was sent to. Its scheme is not
/// compared: behind a proxy that ends TLS nobody here knows it, and the cookie is only ever sent over TLS.
fn is_of_host(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let standard = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let bare = |text: &'_ str| text.strip_suffix(standard).unwrap_or(text).to_ascii_lowercase();
    !host.is_empty() && bare(authority) == bare(host)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn is_let_in(method: &str, headers: &[(&str, &str)]) -> bool {
        let request = Request::builder().method(method).header("host", "example.org");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        refuse_cross_site(&request.body(()).unwrap().into_parts().0).is_ok()
    }

    #[test]
    fn what_could_change_something_has_to_show_that_it_is_ours() {
        for ours in [&[("sec-fetch-site", "same-origin")][..], &[("origin", "https://Example.org:443")]] {
            assert!(is_let_in("POST", ours) && is_let_in("DELETE", ours) && is_let_in("GET", ours), "{ours:?}");
        }
        for foreign in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null")],
            &[("origin", "https://example.org.evil.example")],
            &[("origin", "https://example.org:8443")],
            &[("origin", "file://example.org")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ] {
            assert!(!is_let_in("POST", foreign), "{foreign:?}");
        }
    }

    #[test]
    fn reading_may_be_somebody_who_typed_the_address_but_no_page_of_another_site() {
        assert!(is_let_in("GET", &[]) && is_let_in("GET", &[("sec-fetch-site", "none")]));
        assert!(!is_let_in("GET", &[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn a_websocket_only_reads_by_its_method() {
        let (socket, ours) = (("upgrade", "websocket"), ("origin", "https://example.org"));
        assert!(is_let_in("GET", &[socket, ours]));
        assert!(!is_let_in("GET", &[socket]) && !is_let_in("GET", &[socket, ("origin", "https://evil.example")]));
    }
}
