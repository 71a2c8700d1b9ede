//! Who is at the other end, with and without a proxy between.

use super::Running;
use crate::client::get;

fn who(running: &Running, headers: &[&str]) -> String {
    get(running.address, "/who", headers).text()
}

#[test]
fn a_stranger_is_not_believed_whom_it_claims_to_be() {
    let running = Running::start(|_| {});
    assert_eq!(who(&running, &["x-forwarded-for: 203.0.113.7", "x-forwarded-proto: https"]), "127.0.0.1 false");
    let elsewhere = Running::start(|config| config.trusted_proxies = "192.0.2.0/24".parse().unwrap());
    assert_eq!(who(&elsewhere, &["x-forwarded-for: 203.0.113.7"]), "127.0.0.1 false");
}

#[test]
fn a_trusted_proxy_is_believed_as_far_as_it_saw_itself() {
    let own = Running::start(|config| config.behind_proxy = true);
    assert_eq!(who(&own, &["x-forwarded-for: 203.0.113.7", "x-forwarded-proto: https"]), "203.0.113.7 true");
    assert_eq!(who(&own, &["x-forwarded-for: 198.51.100.1, 203.0.113.7"]), "203.0.113.7 false");
    assert_eq!(who(&own, &["x-forwarded-for: 203.0.113.7, nonsense"]), "127.0.0.1 false");
    assert_eq!(who(&own, &["forwarded: for=203.0.113.7"]), "127.0.0.1 false", "that one the client wrote");
    assert_eq!(who(&own, &[]), "127.0.0.1 false");
    let chain = Running::start(|config| {
        config.trusted_proxies = "127.0.0.1, 10.0.0.0/8".parse().unwrap();
        config.forwarded_header = axiomcore::http::ForwardedHeader::Forwarded;
    });
    assert_eq!(who(&chain, &["forwarded: for=203.0.113.7;proto=https, for=10.1.2.3;proto=http"]), "203.0.113.7 true");
}
