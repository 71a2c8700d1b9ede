//! Passwords that are replaced while they are being hashed: what they were shown for is not done.

use axiomcore::identity::{FactorError, Flaw, PasswordError, UserError};
use axiomcore::store::Connection;

use super::super::recovery;
use super::*;

const BETTER: &str = "vier grüne Tassen Tee";

impl Service {
    /// Does something by a person's password while that is replaced by what is stored of another's: it has seen the one of
    /// before, and is decided when that is gone.
    fn overtaken<T: Send + 'static>(
        &self,
        (person, other): (&Person, &Person),
        hashes: f64,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let until = self.hashed() + hashes;
        let replace = |connection: &mut dyn Connection| {
            // As whoever changes a password does.
            connection.execute("UPDATE workspaces SET name = name WHERE id = 1", &[])?;
            let sql = "UPDATE users SET password = (SELECT password FROM users WHERE id = $1) WHERE id = $2";
            connection.execute(sql, &[(&other.id).into(), (&person.id).into()])?;
            let begun = self.runtime.spawn(work);
            while self.hashed() < until {
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            Ok(begun)
        };
        let begun = self.database.write_blocking(replace).unwrap();
        self.runtime.block_on(begun).unwrap()
    }
}

pub(super) fn a_password_of_before_begins_no_factor_and_chooses_no_other(service: &Service) {
    let (ann, other) = (service.join("ann9@example.org", "observer"), service.join("other9@example.org", "observer"));
    let caller = service.principal(&ann);
    let (identity, by) = (service.identity.clone(), caller.clone());
    let begun = service.overtaken((&ann, &other), 1.0, async move {
        identity.begin_factor(&by, secret(GOOD), None).await.map(|begun| begun.expires_at)
    });
    assert!(matches!(begun, Err(FactorError::Password(PasswordError::Wrong))), "{begun:?}");
    let (identity, by) = (service.identity.clone(), caller.clone());
    let changed = service.overtaken((&ann, &service.join("third9@example.org", "observer")), 2.0, async move {
        identity.change_password(&by, secret(GOOD), secret(BETTER), None).await
    });
    assert!(matches!(changed, Err(UserError::Password(PasswordError::Wrong))), "{changed:?}");
    // What is stored now is of the same words: whoever shows them in time begins.
    service.runtime.block_on(service.identity.begin_factor(&caller, secret(GOOD), None)).unwrap();
    service.wait(3_600);
}

pub(super) fn a_password_of_before_takes_no_factor_away(service: &Service) {
    let other = service.join("fourth9@example.org", "observer");
    let bob = service.enrolled("bob9@example.org", "observer");
    let signed_in = service.answer(&service.challenge(&bob), service.code(&bob), &bob).unwrap();
    let (identity, by) = (service.identity.clone(), service.who(&signed_in));
    let (code, principal) = (recovery(&bob.recovery_codes[0]), by.clone());
    let removed = service
        .overtaken((&bob, &other), 1.0, async move { identity.remove_factor(&principal, secret(GOOD), code).await });
    assert!(matches!(removed, Err(FactorError::Password(PasswordError::Wrong))), "{removed:?}");
    let status = service.runtime.block_on(service.identity.factor_status(&by)).unwrap();
    assert!(status.since.is_some() && status.recovery_codes_left == 10, "not even a code is used up: {status:?}");
    let (pam, mut phone, caller) = service.with_passkey("pam9@example.org", "observer");
    let id = service.runtime.block_on(service.identity.list_passkeys(&caller)).unwrap()[0].id.clone();
    let (identity, by, shown) = (service.identity.clone(), caller.clone(), service.again(&caller, &mut phone));
    let removed = service
        .overtaken((&pam, &other), 1.0, async move { identity.remove_passkey(&by, &id, secret(GOOD), shown).await });
    let wrong = matches!(removed, Err(PasskeyError::Factor(FactorError::Password(PasswordError::Wrong))));
    assert!(wrong, "{removed:?}");
    assert_eq!(service.runtime.block_on(service.identity.list_passkeys(&caller)).unwrap().len(), 1);
    service.wait(3_600);
}

pub(super) fn a_password_of_before_makes_no_passkey(service: &Service) {
    let other = service.join("fifth9@example.org", "observer");
    let (sue, _, caller) = service.with_passkey("sue9@example.org", "observer");
    let (identity, by, code) = (service.identity.clone(), caller.clone(), recovery(&sue.recovery_codes[0]));
    let begun = service
        .overtaken((&sue, &other), 1.0, async move { identity.begin_passkey(&by, secret(GOOD), Some(code)).await });
    // What it has begun, if anything, is not ended.
    let Ok(options) = begun else { return };
    let mut device = Device::es256(DOMAIN);
    device.owner.clone_from(&options.user_handle);
    let made = service.register(&caller, made(device.make(&device.making(&options.challenge, PAGE))));
    assert!(matches!(made, Err(PasskeyError::Invalid(Flaw::Challenge))), "{made:?}");
    service.wait(3_600);
}
