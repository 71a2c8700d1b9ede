//! Making a passkey: what is registered, and what is not.

use axiomcore::identity::{Flaw, SignInError};
use testbed::{Ceremony, Made};

use super::*;

pub(super) fn a_passkey_is_made_asked_for_and_signs_in_by_itself(service: &Service) {
    let ann = service.join("ann@example.org", "observer");
    let (one, other) = (service.sign_in(&ann, GOOD, HOME).unwrap(), service.sign_in(&ann, GOOD, HOME).unwrap());
    let (caller, mut device) = (service.who(&one), Device::eddsa(DOMAIN));
    let options = service.options(&caller, None).unwrap();
    assert_eq!(
        (options.domain.as_str(), options.service, options.email.as_str()),
        (DOMAIN, "Things", "ann@example.org")
    );
    device.owner.clone_from(&options.user_handle);
    let new = service.register(&caller, made(device.make(&device.making(&options.challenge, PAGE)))).unwrap();
    assert_eq!((new.passkey.name.as_str(), new.passkey.last_used_at, new.recovery_codes.len()), ("My phone", None, 10));
    assert!(service.authenticate(other.text.expose()).is_none(), "who came in without it is out");
    assert!(service.authenticate(one.text.expose()).is_some());
    let asked = service.challenge(&ann);
    let passkeys = asked.passkeys.clone().unwrap();
    assert_eq!((asked.has_app, passkeys.must_verify, passkeys.allowed.len()), (false, false, 1));
    assert_eq!(passkeys.allowed[0].credential, device.credential);
    assert_eq!(passkeys.allowed[0].transports, ["internal"], "what is no way to a device is passed over");
    let answer = proof(&mut device, &passkeys);
    service.answer(&asked, answer.clone(), &ann).unwrap();
    assert!(matches!(service.answer(&asked, answer, &ann), Err(SignInError::Challenge)), "once");
    let asked = service.asked();
    assert!(asked.must_verify && asked.allowed.is_empty(), "the device knows who it is");
    let ceremony = device.showing(&asked.challenge, PAGE);
    let signed_in = service.alone(shown(device.show(&ceremony)), HOME).unwrap();
    assert_eq!(signed_in.user.email, "ann@example.org");
    let listed = service.runtime.block_on(service.identity.list_passkeys(&service.who(&signed_in))).unwrap();
    assert_eq!((listed.len(), listed[0].last_used_at), (1, Some(service.clock.now())));
    let status = service.runtime.block_on(service.identity.factor_status(&caller)).unwrap();
    assert_eq!((status.passkeys, status.since, status.recovery_codes_left), (1, None, 10));
    assert_eq!(["passkey.register", "passkey.remove"].map(|action| service.recorded(action)), [1, 0]);
}

pub(super) fn what_was_not_made_for_this_is_not_registered(service: &Service) {
    let (bob, eve) = (service.join("bob@example.org", "observer"), service.join("eve@example.org", "observer"));
    let (caller, elsewhere, other) = (service.principal(&bob), service.principal(&bob), service.principal(&eve));
    let device = Device::es256(DOMAIN);
    let attempt = |change: fn(&mut Ceremony)| {
        let challenge = service.options(&caller, None).unwrap().challenge;
        let mut ceremony = device.making(&challenge, PAGE);
        change(&mut ceremony);
        service.register(&caller, made(device.make(&ceremony)))
    };
    let changes: &[(Change, Flaw)] = &[
        (|said| said.kind = "webauthn.get", Flaw::Kind),
        (|said| said.origin = "https://example.org.evil.example".into(), Flaw::Origin),
        (|said| said.origin = "http://example.org".into(), Flaw::Origin),
        (|said| said.is_framed = true, Flaw::Origin),
        (|said| said.domain = "evil.example".into(), Flaw::Party),
        (|said| said.flags = 4, Flaw::Absent),
        (|said| said.flags = 1 | 16, Flaw::Copies),
        (|said| said.challenge[20] ^= 1, Flaw::Challenge),
        (|said| said.challenge.clear(), Flaw::Challenge),
    ];
    for (change, flaw) in changes {
        let refused = attempt(*change);
        assert!(matches!(refused, Err(PasskeyError::Invalid(found)) if found == *flaw), "{flaw}: {refused:?}");
    }
    let answer = |caller: &Principal| {
        let challenge = service.options(caller, None).unwrap().challenge;
        made(device.make(&device.making(&challenge, PAGE)))
    };
    for (whose, of) in [("another session", &elsewhere), ("another person", &other)] {
        let refused = service.register(&caller, answer(of));
        assert!(matches!(refused, Err(PasskeyError::Invalid(Flaw::Challenge))), "{whose}: {refused:?}");
    }
    let (late, good) = (answer(&caller), answer(&caller));
    service.register(&caller, good.clone()).unwrap();
    let replayed = service.register(&caller, good);
    assert!(matches!(replayed, Err(PasskeyError::Invalid(Flaw::Challenge))), "once");
    let stolen = service.register(&other, answer(&other));
    assert!(matches!(stolen, Err(PasskeyError::Exists)), "it is somebody else's: {stolen:?}");
    service.wait(300);
    let refused = service.register(&caller, late);
    assert!(matches!(refused, Err(PasskeyError::Invalid(Flaw::Challenge))), "after five minutes");
    let nameless = service.runtime.block_on(service.identity.finish_passkey(&other, " ", answer(&other)));
    assert!(matches!(nameless, Err(PasskeyError::Name)));
    let program = service.options(&service.root, None);
    assert!(matches!(program, Err(PasskeyError::Factor(axiomcore::identity::FactorError::Program))));
}

pub(super) fn what_a_device_does_not_write_is_not_registered(service: &Service) {
    let kim = service.join("kim1@example.org", "observer");
    let (caller, device) = (service.principal(&kim), Device::es256(DOMAIN));
    let challenge = service.options(&caller, None).unwrap().challenge;
    let Made { client_data, object } = device.make(&device.making(&challenge, PAGE));
    let register = |object: &[u8]| {
        let answer = Attestation { client_data: client_data.clone(), object: object.into(), transports: Vec::new() };
        match service.register(&caller, answer) {
            Err(PasskeyError::Invalid(flaw)) => flaw,
            other => panic!("{object:?}: {other:?}"),
        }
    };
    for end in 0..object.len() {
        assert_eq!(register(&object[..end]), Flaw::Truncated, "{end}");
    }
    assert_eq!(register(&[&object[..], &[0]].concat()), Flaw::Trailing);
    // One byte more within what the device says, whose length is two bytes before it.
    let mut longer = [&object[..], &[0]].concat();
    let at = object.windows(8).position(|window| window == b"authData").unwrap() + 9;
    longer[at] += 1;
    assert_eq!(register(&longer), Flaw::Trailing);
    let key = object.len() - device.public_key().len();
    for (what, at, byte, flaw) in [
        ("an algorithm that was not asked for", key + 4, 0x25, Flaw::Algorithm),
        ("the kind of another algorithm", key + 2, 1, Flaw::Key),
        ("a point off the curve", object.len() - 1, object[object.len() - 1] ^ 1, Flaw::Key),
    ] {
        let mut changed = object.clone();
        changed[at] = byte;
        assert_eq!(register(&changed), flaw, "{what}");
    }
    let answer = Attestation { client_data, object, transports: Vec::new() };
    service.register(&caller, answer).unwrap();
}
