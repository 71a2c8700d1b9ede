//! What cannot be put on record has not happened: the record is the last that is written, and failing takes all of it along.

use axiomcore::identity::{FactorError, Proof, SignInError, UserError};
use axiomcore::store::Error;
use testbed::Authenticator;

use super::{GOOD, HOME, Service, recovery, secret};

/// What there is, as far as any of this changes it.
fn state(service: &Service) -> Vec<i64> {
    let tables = [
        "factors",
        "recovery_codes",
        "sessions",
        "devices",
        "identity_changes",
        "challenges",
        "passkeys",
        "used_challenges",
    ];
    let counts = tables.map(|table| format!("SELECT count(*) FROM {table}"));
    let others = [
        "SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL",
        "SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL",
        "SELECT count(*) FROM factors WHERE confirmed_at IS NOT NULL",
        "SELECT COALESCE(max(last_step), 0) FROM factors",
        "SELECT COALESCE(max(counter), 0) FROM passkeys",
    ];
    let ask =
        |sql: String| service.database.read_blocking(|connection| connection.query(&sql, &[])?[0].int(0)).unwrap();
    counts.into_iter().chain(others.map(str::to_owned)).map(ask).collect()
}

/// Does something while nothing can be put on record: it has to fail, and to leave nothing behind.
pub(super) fn is_undone(service: &Service, what: &str, fails: impl FnOnce() -> bool) {
    let before = state(service);
    let rename = |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        service.database.write_blocking(|connection| connection.execute(&sql, &[])).unwrap();
    };
    rename("outbox", "away");
    let failed = fails();
    rename("away", "outbox");
    assert!(failed, "{what} went well without a record");
    assert_eq!(state(service), before, "{what} was done by half");
}

const fn is_failure(error: &FactorError) -> bool {
    matches!(error, FactorError::Store(Error::Failed(_)))
}

pub(super) fn what_cannot_be_put_on_record_has_not_happened(service: &Service) {
    let (identity, block) = (&service.identity, &service.runtime);
    let mut ida = service.join("ida@example.org", "observer");
    let principal = service.who(&service.sign_in(&ida, GOOD, HOME).unwrap());
    let begun = block.block_on(identity.begin_factor(&principal, secret(GOOD), None)).unwrap();
    let app = Authenticator::scan(begun.uri.expose());
    let code = || secret(&app.code(axiomcore::clock::Clock::now(&service.clock).0));
    let confirm = || block.block_on(identity.confirm_factor(&principal, code()));
    is_undone(service, "confirming", || confirm().is_err_and(|error| is_failure(&error)));
    ida.recovery_codes = confirm().unwrap().iter().map(|code| code.expose().clone()).collect();
    service.wait(30);
    let renew = || block.block_on(identity.renew_recovery_codes(&principal, Proof::Code(code())));
    is_undone(service, "renewing", || renew().is_err_and(|error| is_failure(&error)));
    let challenge = service.challenge(&ida);
    let sign_in = || service.answer(&challenge, recovery(&ida.recovery_codes[0]), &ida);
    is_undone(service, "signing in", || matches!(sign_in(), Err(SignInError::Store(_))));
    assert!(sign_in().is_ok(), "neither the recovery code nor the challenge was used up");
    let remove = || block.block_on(identity.remove_factor(&principal, secret(GOOD), Proof::Code(code())));
    is_undone(service, "removing", || remove().is_err_and(|error| is_failure(&error)));
    let reset = || block.block_on(identity.reset_factor(&service.root, &ida.id));
    is_undone(service, "resetting", || matches!(reset(), Err(UserError::Store(_))));
    remove().unwrap();
    service.wait(3_600);
}
