//! A page for every error, and the table of routes.

use axiomcore::http::{Access, Catalogue, Route};

use super::Running;
use crate::client::get;

#[test]
fn every_code_has_a_page_for_people_and_a_document_for_programs() {
    let running = Running::start(|_| {});
    let list = get(running.address, "/errors", &[]).json();
    let codes: Vec<&str> = list["errors"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), Catalogue::new().unwrap().iter().count());
    assert!(codes.contains(&"body_too_large") && codes.contains(&"forbidden"));
    let page = get(running.address, "/errors", &["accept: text/html"]).text();
    for code in codes {
        assert!(page.contains(&format!("href=\"/errors/{code}\"")));
        let document = get(running.address, &format!("/errors/{code}"), &[]).json();
        assert!(document["help"].as_str().unwrap().len() > 20, "{code} says what to do");
    }
    let page = get(running.address, "/errors/unauthenticated", &["accept: text/html"]);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text().contains("<code>Authorization: Bearer</code>"));
    assert_eq!(get(running.address, "/errors/none", &[]).problem(), "not_found");
    // As a browser asks.
    let accept = ["accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"];
    let page = get(running.address, "/errors/none", &accept);
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("href=\"/errors\""), "{}", page.text());
}

axiomcore::error_codes! {
    /// One that is there already.
    pub static AGAIN;
    INTERNAL_AGAIN = (INTERNAL_SERVER_ERROR, "internal", "Again", "Again.");
}

#[test]
fn a_code_that_is_declared_twice_is_refused() {
    assert_eq!(Catalogue::new().unwrap().with(AGAIN).unwrap_err().0, "internal");
}

#[test]
fn the_table_lists_every_route_with_who_may_call_it() {
    let running = Running::start(|_| {});
    let find = |path: &str| running.table.iter().find(|route| route.path == path).unwrap();
    assert_eq!((find("/orders").method.as_str(), find("/orders").access), ("POST", Access::Open));
    assert!(find("/health/ready").always && find("/stream").unhurried && find("/small").body_limit.is_some());
    let reference = Route::reference(&running.table);
    assert!(reference.contains("| POST | `/orders` | everybody |\n| GET | `/pages` |"), "{reference}");
}
