//! Answers that somebody else gets to see later.

use crate::api::Installation;

#[test]
fn no_cache_may_keep_what_was_answered_to_somebody() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let control = |answer: crate::api::client::Answer| answer.header("cache-control").unwrap_or_default().to_owned();
    for path in [
        "/api/v1/whoami",
        "/api/v1/agents",
        "/api/v1/keys",
        "/api/v1/agents/none",
        "/nowhere",
        "/api/v1/agents?limit=x",
    ] {
        assert_eq!(control(server.client().get(path)), "no-store", "{path}");
        assert_eq!(control(server.stranger().get(path)), "no-store", "{path} for a stranger");
    }
    assert_eq!(control(server.stranger().get("/page.css")), "no-cache");
    let vary = server.stranger().get("/errors").header("vary").unwrap_or_default().to_owned();
    assert!(vary.contains("accept"), "one address with two answers says so: {vary}");
}
