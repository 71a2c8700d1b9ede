//! How often strangers may ask.

use axiomcore::config::{Checks, Profile, Raw, Setting};
use axiomcore::limits::{Config as Rates, Rate};

use super::Running;
use crate::client::{Answer, get, request};

fn rate(text: &str) -> Option<Rate> {
    Some(Rate::read(&Raw::Text(text.into())).unwrap())
}

fn assert_refused(answer: &Answer, class: &str) {
    assert_eq!((answer.status, answer.problem().as_str()), (429, "rate_limited"), "{}", answer.text());
    assert_eq!(answer.json()["class"], class);
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3_600).contains(&wait), "{wait}");
    // Nothing was done, so there is nothing to be repeated, least of all by somebody who signs in.
    let wait = if wait <= 90 { format!("{wait} s") } else { format!("{} min", wait.div_ceil(60)) };
    assert_eq!(answer.json()["mend"], format!("Come again in {wait}."));
    assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"{class}\";r=0;t=")));
}

#[test]
fn a_stranger_asks_a_hundred_times_a_minute_and_then_is_told_when_to_come_again() {
    let running = Running::start(|_| {});
    let first = get(running.address, "/hello", &[]);
    assert_eq!(first.header("ratelimit-policy"), Some("\"open\";q=100;w=60"));
    assert_eq!(first.header("ratelimit"), Some("\"open\";r=99;t=1"));
    let others: Vec<Answer> = (0..120).map(|_| get(running.address, "/hello", &[])).collect();
    let let_in = others.iter().filter(|answer| answer.status == 200).count();
    assert!((99..=105).contains(&let_in), "{let_in}");
    assert_refused(others.last().unwrap(), "open");
    let page = running.metrics.render();
    assert!(page.contains(&format!(r#"rate_limit_requests_total{{class="open",outcome="admitted"}} {}"#, let_in + 1)));
}

#[test]
fn what_is_asked_for_and_does_not_exist_counts_and_probes_do_not() {
    let rates = Rates { open: rate("4/1h"), ..Rates::default() };
    let running = Running::start_with(&rates, None, |_| {});
    assert_eq!(get(running.address, "/nowhere", &[]).status, 404);
    assert_eq!(request(running.address, "PUT", "/hello", &[], "").status, 405);
    assert_eq!(get(running.address, "/errors/internal", &[]).status, 200);
    assert_eq!(get(running.address, "/nowhere", &[]).status, 404);
    assert_refused(&get(running.address, "/nowhere", &[]), "open");
    assert_refused(&request(running.address, "PUT", "/hello", &[], ""), "open");
    for path in ["/health/live", "/health/ready", "/health/startup"] {
        let probe = get(running.address, path, &[]);
        assert_eq!((probe.status != 429, probe.header("ratelimit")), (true, None), "{path}");
    }
}

#[test]
fn whoever_claims_another_address_is_counted_by_their_own_and_clients_of_a_proxy_by_theirs() {
    let rates = Rates { open: rate("1/1h"), ..Rates::default() };
    let from = |running: &Running, address: &str| {
        get(running.address, "/hello", &[&format!("x-forwarded-for: {address}")]).status
    };
    let direct = Running::start_with(&rates, None, |_| {});
    assert_eq!([from(&direct, "203.0.113.1"), from(&direct, "203.0.113.2")], [200, 429]);
    let proxied = Running::start_with(&rates, None, |config| config.behind_proxy = true);
    assert_eq!([from(&proxied, "203.0.113.1"), from(&proxied, "203.0.113.2")], [200, 200]);
    assert_eq!([from(&proxied, "203.0.113.1"), from(&proxied, "198.51.100.1, 203.0.113.1")], [429, 429]);
    // A customer has a whole /64 of these.
    assert_eq!([from(&proxied, "2001:db8::1"), from(&proxied, "2001:db8::2")], [200, 429]);
    assert_eq!(from(&proxied, "2001:db8:0:1::1"), 200);
}

#[test]
fn without_a_rate_nobody_is_counted_and_production_wants_one() {
    let rates = Rates { open: None, ..Rates::default() };
    let running = Running::start_with(&rates, None, |_| {});
    let answers: Vec<Answer> = (0..150).map(|_| get(running.address, "/hello", &[])).collect();
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.header("ratelimit").is_none()));
    assert!(rates.check(Profile::Development).is_empty());
    assert_eq!(rates.check(Profile::Production)[0].key, "limits.open");
}
