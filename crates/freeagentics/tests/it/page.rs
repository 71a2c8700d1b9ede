//! The page at `/`: what it may load, and that it leads to things that are there.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::serving::Serving;

/// The head and the body of what the server answers to a browser.
fn get(server: &Serving, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\naccept: text/html\r\nconnection: close\r\n\r\n", server.address());
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

/// The values of an attribute, in the order of the document.
fn values<'a>(document: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    document.split(opening.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn the_page_loads_only_what_this_server_has_and_everything_it_leads_to_is_there() {
    let server = Serving::start(&[]);
    let (head, page) = get(&server, "/");
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: text/html"), "{head}");
    assert!(head.contains("content-security-policy: default-src 'self'; frame-ancestors 'none'"), "{head}");
    let leads_to: Vec<&str> = [values(&page, "href"), values(&page, "src")].concat();
    assert!(leads_to.len() > 6, "{leads_to:?}");
    for path in leads_to.into_iter().filter(|path| !path.starts_with('#')) {
        assert!(path.starts_with('/') && !path.starts_with("//"), "{path} is somewhere else");
        let (head, _) = get(&server, path);
        assert!(head.starts_with("http/1.1 200"), "{path}: {head}");
    }
}

#[test]
fn nothing_on_the_page_needs_what_its_policy_forbids() {
    let page = include_str!("../../src/page/index.html");
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("javascript:"));
    assert_eq!(page.matches("<script").count(), values(page, "src").len(), "scripts stand in files");
    assert!(!page.split_whitespace().any(|word| word.starts_with("on") && word.contains("=\"")), "no handlers inline");
    let script = include_str!("../../src/page/page.js");
    for forbidden in
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage", "http://"]
    {
        assert!(!script.contains(forbidden), "{forbidden}: text of a server must not become markup, nor leave it");
    }
}

#[test]
fn every_element_that_the_script_looks_for_is_on_the_page_and_every_field_has_a_label() {
    let (page, script) = (include_str!("../../src/page/index.html"), include_str!("../../src/page/page.js"));
    let ids = values(page, "id");
    let wanted: Vec<&str> = script.split("find(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(wanted.len() > 10);
    for id in wanted.iter().copied().chain(values(page, "for")).chain(values(page, "aria-labelledby")) {
        assert!(ids.contains(&id), "#{id} is not there");
    }
    assert_eq!(page.matches("<input").count(), values(page, "for").len(), "every field has a label");
}
