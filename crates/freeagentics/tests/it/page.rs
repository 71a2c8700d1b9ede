//! The page at `/`: what it may load, and that it leads to things that are there.

use crate::api::Installation;

const SCRIPTS: [&str; 3] = [
    include_str!("../../src/page/page.js"),
    include_str!("../../src/page/own.js"),
    include_str!("../../src/page/account.js"),
];

/// The values of an attribute, in the order of the document.
fn values<'a>(document: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    document.split(opening.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn the_page_loads_only_what_this_server_has_and_everything_it_leads_to_is_there() {
    let installation = Installation::sqlite();
    let (server, html) = (installation.start(), [("accept", "text/html")]);
    let get = |path: &str| server.stranger().send("GET", path, &html, "");
    let answer = get("/");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'self'; frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    let page = answer.text;
    let leads_to: Vec<&str> = [values(&page, "href"), values(&page, "src")].concat();
    assert!(leads_to.len() > 6, "{leads_to:?}");
    for path in leads_to.into_iter().filter(|path| !path.starts_with('#')) {
        assert!(path.starts_with('/') && !path.starts_with("//"), "{path} is somewhere else");
        assert_eq!(get(path).status, 200, "{path}");
    }
}

#[test]
fn nothing_on_the_page_needs_what_its_policy_forbids() {
    let page = include_str!("../../src/page/index.html");
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("javascript:"));
    assert_eq!(page.matches("<script").count(), values(page, "src").len(), "scripts stand in files");
    assert!(!page.split_whitespace().any(|word| word.starts_with("on") && word.contains("=\"")), "no handlers inline");
    for forbidden in
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage", "http://"]
    {
        let text = "text of a server must not become markup, nor leave it";
        assert!(!SCRIPTS.iter().any(|script| script.contains(forbidden)), "{forbidden}: {text}");
    }
}

#[test]
fn every_element_that_the_script_looks_for_is_on_the_page_and_every_field_has_a_label() {
    let page = include_str!("../../src/page/index.html");
    let ids = values(page, "id");
    let found = SCRIPTS.iter().flat_map(|script| script.split("find(\"").skip(1));
    let wanted: Vec<&str> = found.map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(wanted.len() > 10);
    for id in wanted.iter().copied().chain(values(page, "for")).chain(values(page, "aria-labelledby")) {
        assert!(ids.contains(&id), "#{id} is not there");
    }
    assert_eq!(page.matches("<input").count(), values(page, "for").len(), "every field has a label");
}
