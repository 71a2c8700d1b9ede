//! `freeagentics one-time-code`.

use axiomcore::clock::{Clock, SystemClock};
use testbed::Authenticator;

use super::{fed, freeagentics};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[test]
fn an_app_would_show_the_same_now_and_half_a_minute_later() {
    let app = Authenticator::scan(&format!("secret={SECRET}"));
    for (flags, later) in [(&["one-time-code"][..], 0), (&["one-time-code", "--next"], 30_000)] {
        // The half minute may end while the program runs.
        let before = app.code(SystemClock.now().0 + later);
        let said = fed(flags, &format!("{}\n", SECRET.to_lowercase()));
        let after = app.code(SystemClock.now().0 + later);
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        assert!([before, after].contains(&said.out.trim().to_owned()), "{}", said.out);
    }
    let told = fed(&["one-time-code", "--output", "json"], SECRET).json().remove(0);
    assert!(told["code"].as_str().is_some_and(|code| code.len() == 6), "{told}");
}

#[test]
fn what_is_no_secret_is_refused_and_not_repeated() {
    for (given, why) in [("", "empty"), ("hunter2-0189", "not base32")] {
        let said = fed(&["one-time-code"], given);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{why}");
        assert!(said.err.contains("mend:") && !said.err.contains("hunter2"), "{}", said.err);
    }
    assert_eq!(freeagentics(&["one-time-code", "--output", "json"]).error()["code"], "no_secret");
}
