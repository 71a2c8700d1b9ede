//! The page at `/`: what runs, the demo fleet live, links to the documents.
//!
//! One document, one style sheet, three scripts, one icon, embedded as they are: nothing is built and nothing comes from elsewhere,
//! so that the strictest content security policy holds. The page itself is open and knows nothing; what it shows it asks the
//! API for, by the session of its reader, which is in a cookie that no script can read, or with the key that they give it.

use axiomcore::http::{Open, Routes};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

const DOCUMENT: &str = include_str!("index.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// One's password and one's authenticator app.
const OWN: &str = include_str!("own.js");
/// Signing in and out, and one's passkeys.
const ACCOUNT: &str = include_str!("account.js");
const ICON: &str = include_str!("icon.svg");

/// `connect-src 'self'`, which `default-src` implies, lets the script speak to this server and to nobody else.
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// `GET /` and what it consists of.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    Routes::new()
        .get("/", async |_: Open| part("text/html; charset=utf-8", DOCUMENT))
        .get("/page.css", async |_: Open| part("text/css; charset=utf-8", STYLE))
        .get("/page.js", async |_: Open| part("text/javascript; charset=utf-8", SCRIPT))
        .get("/own.js", async |_: Open| part("text/javascript; charset=utf-8", OWN))
        .get("/account.js", async |_: Open| part("text/javascript; charset=utf-8", ACCOUNT))
        .get("/page.svg", async |_: Open| part("image/svg+xml", ICON))
}

/// A browser asks again each time, so that after an upgrade the parts fit together.
fn part(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}
