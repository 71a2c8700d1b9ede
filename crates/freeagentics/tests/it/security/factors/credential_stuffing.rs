//! Lists of addresses and passwords that were stolen elsewhere, tried one after the other.

use super::password_guessing::{BEHIND_PROXY, from, metric};
use crate::api::person::{PASSWORD, Person};
use crate::api::{Installation, on_both_databases};

on_both_databases!(an_address_that_tries_a_list_has_to_wait);

fn an_address_that_tries_a_list_has_to_wait(installation: Installation) {
    let arguments = [BEHIND_PROXY.as_slice(), &["--set", "identity.address_failures=30"]].concat();
    let server = installation.start_with(&arguments);
    let stranger = server.stranger();
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    for i in 0..30 {
        // A household has more addresses than there are stars.
        let address = format!("2001:db8:0:7:{i:x}::1");
        from(&stranger, &address, &format!("user{i}@example.org"), "hunter2 hunter2").problem(401, "sign_in_refused");
    }
    let told = from(&stranger, "2001:db8:0:7::99", &ann.email, PASSWORD);
    let seconds: u64 = told.header("retry-after").unwrap().parse().unwrap();
    told.problem(429, "sign_in_throttled");
    assert!((1..=900).contains(&seconds));
    from(&stranger, "2001:db8:0:8::1", &ann.email, PASSWORD).expect(200);
    assert!(metric(&server, "sign_in_locks_total{class=\"address\"}") >= 1.0);
}
