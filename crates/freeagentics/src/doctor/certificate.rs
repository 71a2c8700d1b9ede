//! The server's certificate: whether it can be served, and for how long.

use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock, Timestamp};
use axiomcore::config::Settings;
use axiomcore::tls::{Certificate, Config};

use super::Findings;

const DAY: Duration = Duration::from_secs(86_400);

/// Less than this is left: somebody should see to it.
const SOON: Duration = DAY.saturating_mul(30);
/// Less than this is left: whatever renews it has failed.
const NOW: Duration = DAY.saturating_mul(7);

pub(super) fn look(settings: &Settings, findings: &mut Findings) {
    let config: Config = settings.section();
    let (Some(chain), Some(key)) = (&config.certificate, &config.key) else { return };
    let now = SystemClock.now();
    match Certificate::from_files(chain, key, now) {
        Ok(certificate) => remaining(&certificate.names().join(", "), certificate.expires(), now, findings),
        Err(error) => {
            let mend =
                "put a certificate and its key there; until then the server keeps the one it has and does not start";
            findings.wrong("certificate", error.to_string(), mend);
        }
    }
}

fn remaining(names: &str, expires: Timestamp, now: Timestamp, findings: &mut Findings) {
    let left = expires.since(now);
    let what = format!("that of {names} expires at {expires}, in {} days", left.as_secs() / DAY.as_secs());
    let mend = "renew it: the server serves the new one as soon as it is in the files";
    if left < NOW {
        findings.wrong("certificate", what, mend);
    } else if left < SOON {
        findings.notice("certificate", what, mend);
    } else {
        findings.good("certificate", what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_certificate_is_spoken_of_thirty_days_before_its_end_and_wrong_seven_days_before() {
        let state = |days: u64| {
            let mut findings = Findings::default();
            remaining("localhost", Timestamp(0).plus(DAY * u32::try_from(days).unwrap()), Timestamp(0), &mut findings);
            findings.0[0].state
        };
        assert_eq!(
            [state(31), state(29), state(8), state(6)],
            [State::Good, State::Notice, State::Notice, State::Wrong]
        );
    }
}
