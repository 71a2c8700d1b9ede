//! Whose passkeys are whose, and what takes them away.

use axiomcore::identity::{FactorError, Flaw, PasswordError, SignInError};

use super::super::undone::is_undone;
use super::super::{READ, WRONG, recovery};
use super::*;

pub(super) fn a_session_is_not_enough_to_add_or_remove_one(service: &Service) {
    let (block, identity) = (&service.runtime, &service.identity);
    let (pam, mut phone, caller) = service.with_passkey("pam1@example.org", "observer");
    let (_, mut others, stranger) = service.with_passkey("quin@example.org", "observer");
    let wrong = block.block_on(identity.begin_passkey(&caller, secret(WRONG), None));
    assert!(matches!(wrong, Err(PasskeyError::Factor(FactorError::Password(PasswordError::Wrong)))));
    let bare = service.options(&caller, None);
    assert!(
        matches!(bare, Err(PasskeyError::Factor(FactorError::ProofNeeded))),
        "the first guards the second: {bare:?}"
    );
    let app = block.block_on(identity.begin_factor(&caller, secret(GOOD), None));
    assert!(matches!(app, Err(FactorError::ProofNeeded)), "and an app: {app:?}");
    let theirs = service.again(&stranger, &mut others);
    assert!(matches!(service.options(&caller, Some(theirs)), Err(PasskeyError::Factor(FactorError::Wrong))));
    let mut key = Device::eddsa(DOMAIN);
    let shown = service.again(&caller, &mut phone);
    let second = service.bind(&caller, &mut key, Some(shown.clone()));
    assert!(second.recovery_codes.is_empty(), "those of before go on");
    let remove = |caller: &Principal, id: &str, password, proof| {
        block.block_on(identity.remove_passkey(caller, id, secret(password), proof))
    };
    let id = second.passkey.id.as_str();
    let replayed = remove(&caller, id, GOOD, shown);
    assert!(matches!(replayed, Err(PasskeyError::Factor(FactorError::Wrong))), "what was shown is used up");
    let proof = service.again(&caller, &mut phone);
    let wrong = remove(&caller, id, WRONG, proof);
    assert!(matches!(wrong, Err(PasskeyError::Factor(FactorError::Password(PasswordError::Wrong)))));
    let theirs = remove(&stranger, id, GOOD, service.again(&stranger, &mut others));
    assert!(matches!(theirs, Err(PasskeyError::NotFound)), "nobody removes another's");
    let lost = recovery(&pam.recovery_codes[5]);
    remove(&caller, id, GOOD, lost).unwrap();
    let status = || block.block_on(identity.factor_status(&caller)).unwrap();
    assert_eq!((status().passkeys, status().recovery_codes_left), (1, 9));
    let listed = block.block_on(identity.list_passkeys(&caller)).unwrap();
    let itself = service.again(&caller, &mut phone);
    remove(&caller, &listed[0].id, GOOD, itself).unwrap();
    assert_eq!((status().passkeys, status().recovery_codes_left), (0, 0), "with the last factor the codes go");
    service.sign_in(&pam, GOOD, HOME).unwrap();
    let ceremony = phone.showing(&service.asked().challenge, PAGE);
    let gone = service.alone(super::shown(phone.show(&ceremony)), HOME);
    assert!(matches!(gone, Err(SignInError::Refused)), "it opens nothing any more");
    assert_eq!(service.recorded("passkey.remove"), 2);
    service.wait(3_600);
}

pub(super) fn what_was_begun_by_what_counts_no_longer_is_not_registered(service: &Service) {
    let (block, identity) = (&service.runtime, &service.identity);
    let una = service.join("una1@example.org", "observer");
    let caller = service.principal(&una);
    let begin = |proof| service.options(&caller, proof).unwrap();
    let finish = |options: &CreationOptions| {
        let mut device = Device::es256(DOMAIN);
        device.owner.clone_from(&options.user_handle);
        service.register(&caller, made(device.make(&device.making(&options.challenge, PAGE))))
    };
    let is_refused = |made: Result<NewPasskey, PasskeyError>, what: &str| {
        assert!(matches!(made, Err(PasskeyError::Invalid(Flaw::Challenge))), "{what}: {made:?}");
    };
    let (first, spare) = (begin(None), begin(None));
    let new = finish(&first).unwrap();
    is_refused(finish(&spare), "begun when there was no factor to show");
    let code = |n: usize| Some(Proof::RecoveryCode(new.recovery_codes[n].clone()));
    let spare = begin(code(0));
    let changed = identity.change_password(&caller, secret(GOOD), secret("vier grüne Tassen Tee"), None);
    block.block_on(changed).unwrap();
    is_refused(finish(&spare), "begun with the password of before");
    let back = identity.change_password(&caller, secret("vier grüne Tassen Tee"), secret(GOOD), None);
    block.block_on(back).unwrap();
    let begun = begin(code(1));
    finish(&begun).unwrap();
    // An app that waits is none beside a passkey that has come meanwhile.
    let begun = begin(code(2));
    let app = block.block_on(identity.begin_factor(&caller, secret(GOOD), code(3))).unwrap();
    finish(&begun).unwrap();
    let code = testbed::Authenticator::scan(app.uri.expose()).code(service.clock.now().0);
    let confirmed = block.block_on(identity.confirm_factor(&caller, secret(&code)));
    assert!(matches!(confirmed, Err(FactorError::Missing)), "{confirmed:?}");
    service.wait(3_600);
}

pub(super) fn an_app_beside_it_leaves_the_recovery_codes(service: &Service) {
    let (block, identity) = (&service.runtime, &service.identity);
    let (val, mut device, caller) = service.with_passkey("val1@example.org", "observer");
    let proof = service.again(&caller, &mut device);
    let begun = block.block_on(identity.begin_factor(&caller, secret(GOOD), Some(proof))).unwrap();
    let code = testbed::Authenticator::scan(begun.uri.expose()).code(service.clock.now().0);
    let told = block.block_on(identity.confirm_factor(&caller, secret(&code))).unwrap();
    assert!(told.is_empty(), "those of before go on");
    service.answer(&service.challenge(&val), recovery(&val.recovery_codes[4]), &val).unwrap();
    service.wait(3_600);
}

pub(super) fn a_role_that_asks_for_a_factor_is_met(service: &Service) {
    let kay = service.join("kay1@example.org", "keeper");
    let signed_in = service.sign_in(&kay, GOOD, HOME).unwrap();
    let principal = service.who(&signed_in);
    assert!(principal.must_enrol && !principal.permissions.has(READ));
    let told = service.forgotten(&kay);
    let mut device = Device::es256(DOMAIN);
    service.bind(&principal, &mut device, None);
    assert_eq!(service.forgotten(&kay), told + 1, "other nodes remember the limits no longer");
    let principal = service.who(&signed_in);
    assert!(!principal.must_enrol && principal.permissions.has(READ), "the same session does what they may");
    let ceremony = device.showing(&service.asked().challenge, PAGE);
    assert!(!service.alone(shown(device.show(&ceremony)), HOME).unwrap().must_enrol);
    service.wait(3_600);
}

pub(super) fn it_goes_with_a_reset_and_with_its_user(service: &Service) {
    let left = |person: &Person| {
        let sql = "SELECT count(*) FROM passkeys WHERE user_id = $1";
        let values = [person.id.as_str().into()];
        service.database.read_blocking(|connection| connection.query(sql, &values)?[0].int(0)).unwrap()
    };
    let (ray, mut device, _) = service.with_passkey("ray1@example.org", "observer");
    let enrolled = service.enrolled("sam1@example.org", "observer");
    assert!(service.runtime.block_on(service.identity.reset_factor(&service.root, &ray.id)).unwrap());
    assert_eq!(left(&ray), 0);
    service.sign_in(&ray, GOOD, HOME).unwrap();
    let ceremony = device.showing(&service.asked().challenge, PAGE);
    assert!(service.alone(shown(device.show(&ceremony)), HOME).is_err());
    // Beside an app: the one goes, the other and the recovery codes stay.
    let signed_in = service.answer(&service.challenge(&enrolled), service.code(&enrolled), &enrolled).unwrap();
    let caller = service.who(&signed_in);
    service.wait(30);
    service.bind(&caller, &mut Device::es256(DOMAIN), Some(service.code(&enrolled)));
    assert!(service.challenge(&enrolled).has_app);
    service.wait(30);
    let removed = service.identity.remove_factor(&caller, secret(GOOD), service.code(&enrolled));
    service.runtime.block_on(removed).unwrap();
    let status = service.runtime.block_on(service.identity.factor_status(&caller)).unwrap();
    assert_eq!((status.since, status.passkeys, status.recovery_codes_left), (None, 1, 10));
    service.runtime.block_on(service.identity.delete_user(&service.root, &enrolled.id, None)).unwrap();
    assert_eq!(left(&enrolled), 0);
    service.wait(3_600);
}

pub(super) fn what_cannot_be_put_on_record_has_not_happened(service: &Service) {
    let tia = service.join("tia1@example.org", "observer");
    let (caller, mut device) = (service.principal(&tia), Device::es256(DOMAIN));
    let options = service.options(&caller, None).unwrap();
    device.owner.clone_from(&options.user_handle);
    let answer = made(device.make(&device.making(&options.challenge, PAGE)));
    let register = || service.register(&caller, answer.clone());
    is_undone(service, "registering", || matches!(register(), Err(PasskeyError::Store(_))));
    register().unwrap();
    let ceremony = device.showing(&service.asked().challenge, PAGE);
    let answer = shown(device.show(&ceremony));
    let sign_in = || service.alone(answer.clone(), HOME);
    is_undone(service, "signing in", || matches!(sign_in(), Err(SignInError::Store(_))));
    sign_in().unwrap();
    let id = service.runtime.block_on(service.identity.list_passkeys(&caller)).unwrap()[0].id.clone();
    let proof = service.again(&caller, &mut device);
    let remove =
        || service.runtime.block_on(service.identity.remove_passkey(&caller, &id, secret(GOOD), proof.clone()));
    is_undone(service, "removing", || matches!(remove(), Err(PasskeyError::Factor(FactorError::Store(_)))));
    remove().unwrap();
    service.wait(3_600);
}
