//! Showing a passkey: what lets somebody in, and what does not.

use axiomcore::identity::SignInError;

use super::*;

const WRONG_CEREMONIES: &[(&str, Change)] = &[
    ("a page that looks like ours", |said| said.origin = "https://examp1e.org".into()),
    ("a page below ours", |said| said.origin = "https://blog.example.org".into()),
    ("a page of ours within another's", |said| said.is_framed = true),
    ("another service", |said| said.domain = "evil.example".into()),
    ("what was said when it was made", |said| said.kind = "webauthn.create"),
    ("nobody there", |said| said.flags = 4),
    ("somebody there, whom the device did not verify", |said| said.flags = 1),
    ("a challenge that is not ours", |said| said.challenge[3] ^= 1),
    ("suddenly to be copied", |said| said.flags = 1 | 4 | 8),
];

pub(super) fn what_was_not_shown_for_this_lets_nobody_in(service: &Service) {
    let (gus, mut device, caller) = service.with_passkey("gus1@example.org", "observer");
    let (_, mut others, _) = service.with_passkey("hal1@example.org", "observer");
    for (what, change) in WRONG_CEREMONIES {
        // Each begins anew: what failures cost is another story.
        service.wait(3_600);
        let mut ceremony = device.showing(&service.asked().challenge, PAGE);
        change(&mut ceremony);
        let outcome = service.alone(shown(device.show(&ceremony)), HOME);
        assert!(matches!(outcome, Err(SignInError::Refused)), "{what}: {outcome:?}");
    }
    let late = service.asked();
    let ceremony = device.showing(&late.challenge, PAGE);
    service.wait(300);
    let outcome = service.alone(shown(device.show(&ceremony)), HOME);
    assert!(matches!(outcome, Err(SignInError::Refused)), "after five minutes: {outcome:?}");
    let purposes = [
        ("one of an answer to a password", service.challenge(&gus).passkeys.unwrap()),
        ("one of somebody who is in", service.runtime.block_on(service.identity.ask_for_own_passkey(&caller)).unwrap()),
    ];
    for (what, options) in purposes {
        let ceremony = device.showing(&options.challenge, PAGE);
        let outcome = service.alone(shown(device.show(&ceremony)), HOME);
        assert!(matches!(outcome, Err(SignInError::Refused)), "{what}: {outcome:?}");
    }
    service.wait(3_600);
    let ceremony = device.showing(&service.asked().challenge, PAGE);
    let good = shown(device.show(&ceremony));
    let theirs = others.showing(&service.asked().challenge, PAGE);
    let theirs = shown(others.show(&theirs));
    let tampered: Vec<(&str, Assertion)> = vec![
        ("a signature that was changed", changed(&good, |answer| *answer.signature.last_mut().unwrap() ^= 1)),
        ("no signature", changed(&good, |answer| answer.signature.clear())),
        ("a counter that was changed", changed(&good, |answer| answer.authenticator_data[36] ^= 1)),
        ("data with something behind them", changed(&good, |answer| answer.authenticator_data.push(0))),
        ("data that break off", changed(&good, |answer| answer.authenticator_data.truncate(36))),
        ("a device that does not say whose it is", changed(&good, |answer| answer.user_handle = None)),
        ("somebody else's name on it", changed(&good, |answer| answer.user_handle.clone_from(&theirs.user_handle))),
        ("somebody else's id on it", changed(&good, |answer| answer.credential.clone_from(&theirs.credential))),
        ("an id that nobody has", changed(&good, |answer| answer.credential[0] ^= 1)),
    ];
    for (what, answer) in tampered {
        let outcome = service.alone(answer, &format!("2001:db8:7:{}::1", what.len()));
        assert!(matches!(outcome, Err(SignInError::Refused)), "{what}: {outcome:?}");
    }
    // Signed by the device itself, with something behind what it says.
    let mut long = device.show(&ceremony);
    long.authenticator_data.push(0);
    let signed = [&long.authenticator_data[..], &sha256(&long.client_data)].concat();
    let long = Shown { signature: device.sign(&signed), ..long };
    let outcome = service.alone(shown(long), "2001:db8:8::1");
    assert!(matches!(outcome, Err(SignInError::Refused)), "signed, with something behind it: {outcome:?}");
    service.alone(good, "2001:db8:9::1").unwrap();
    service.wait(3_600);
}

fn changed(good: &Assertion, change: impl FnOnce(&mut Assertion)) -> Assertion {
    let mut answer = good.clone();
    change(&mut answer);
    answer
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec()
}

pub(super) fn one_answer_lets_in_once_even_at_the_same_moment(service: &Service) {
    let (_, mut device, _) = service.with_passkey("ian@example.org", "observer");
    let ceremony = device.showing(&service.asked().challenge, PAGE);
    let answer = shown(device.show(&ceremony));
    let tries: Vec<_> = (0..4)
        .map(|_| {
            let (identity, wanted) = (service.identity.clone(), wanted(answer.clone(), HOME));
            service.runtime.spawn(async move { identity.sign_in_with_passkey(wanted).await })
        })
        .collect();
    let let_in = tries.into_iter().map(|one| service.runtime.block_on(one).unwrap()).filter(Result::is_ok).count();
    assert_eq!(let_in, 1);
    // A device that does not count says nought each time: then it is the challenge alone that is good once.
    let (_, mut silent, _) = service.with_passkey("jon@example.org", "observer");
    for _ in 0..2 {
        let mut ceremony = silent.showing(&service.asked().challenge, PAGE);
        ceremony.counter = 0;
        let answer = shown(silent.show(&ceremony));
        service.alone(answer.clone(), HOME).unwrap();
        assert!(matches!(service.alone(answer, HOME), Err(SignInError::Refused)), "once");
    }
    service.wait(3_600);
}

pub(super) fn a_copy_is_refused_and_on_record(service: &Service) {
    let (lea, mut device, _) = service.with_passkey("lea1@example.org", "observer");
    let mut with_counter = |counter| {
        let ceremony = Ceremony { counter, ..device.showing(&service.asked().challenge, PAGE) };
        service.alone(shown(device.show(&ceremony)), HOME)
    };
    with_counter(7).unwrap();
    for counter in [7, 6, 0] {
        assert!(matches!(with_counter(counter), Err(SignInError::Refused)), "{counter}");
    }
    assert_eq!(service.recorded("passkey.copied"), 3);
    with_counter(8).unwrap();
    let asked = service.challenge(&lea);
    let options = asked.passkeys.clone().unwrap();
    let ceremony = Ceremony { counter: 8, ..device.showing(&options.challenge, PAGE) };
    let answer = Proof::Passkey(Box::new(shown(device.show(&ceremony))));
    assert!(matches!(service.answer(&asked, answer, &lea), Err(SignInError::Refused)), "after a password as well");
    assert_eq!(service.recorded("passkey.copied"), 4);
    service.wait(3_600);
}

pub(super) fn after_a_password_it_is_enough_that_somebody_was_there(service: &Service) {
    let (mia, mut device, _) = service.with_passkey("mia1@example.org", "observer");
    let (nia, mut others, _) = service.with_passkey("nia1@example.org", "observer");
    let asked = service.challenge(&mia);
    let options = asked.passkeys.clone().unwrap();
    let crossed = service.answer(&asked, proof(&mut others, &options), &mia);
    assert!(matches!(crossed, Err(SignInError::Refused)), "somebody else's answers nothing");
    let elsewhere = service.challenge(&nia).passkeys.unwrap();
    let crossed = service.answer(&asked, proof(&mut device, &elsewhere), &mia);
    assert!(matches!(crossed, Err(SignInError::Refused)), "nor what was shown for another challenge");
    let mut ceremony = device.showing(&options.challenge, PAGE);
    ceremony.flags = 1;
    let mut answer = shown(device.show(&ceremony));
    answer.user_handle = None;
    service.answer(&asked, Proof::Passkey(Box::new(answer)), &mia).unwrap();
    let recovered = service.answer(&service.challenge(&mia), super::super::recovery(&mia.recovery_codes[0]), &mia);
    assert_eq!(recovered.unwrap().recovery_codes_left, Some(9), "who has lost it has recovery codes");
    service.wait(3_600);
}

pub(super) fn failures_cost_the_passkey_where_they_are_made(service: &Service) {
    let (_, mut device, _) = service.with_passkey("oda1@example.org", "observer");
    let mut answer = |flags| {
        let ceremony = Ceremony { flags, ..device.showing(&service.asked().challenge, PAGE) };
        shown(device.show(&ceremony))
    };
    let known = service.alone(answer(5), "198.51.100.3").unwrap().device.unwrap();
    for _ in 0..5 {
        assert!(service.alone(answer(1), HOME).is_err());
    }
    let held = service.alone(answer(5), HOME);
    assert!(matches!(held, Err(SignInError::Refused)), "even the right one has to wait, and nobody is told: {held:?}");
    service.alone(answer(5), "198.51.100.2").unwrap();
    let mut on_known = wanted(answer(5), HOME);
    on_known.device = Some(known);
    service.runtime.block_on(service.identity.sign_in_with_passkey(on_known)).unwrap();
    service.wait(1);
    service.alone(answer(5), HOME).unwrap();
    let locked = || {
        let rendered = service.metrics.render();
        let counted = rendered.lines().find_map(|line| line.strip_prefix("sign_in_locks_total{class=\"passkey\"} "));
        counted.map_or(0, |number| number.parse::<u32>().unwrap())
    };
    let before = locked();
    for _ in 0..9 {
        let mut answer = answer(5);
        answer.credential = vec![7; 32];
        let refused = service.alone(answer, "2001:db8:6:2::1");
        assert!(matches!(refused, Err(SignInError::Refused)), "{refused:?}");
    }
    assert_eq!(locked() - before, 4, "what nobody has waits as well");
    service.wait(3_600);
}

pub(super) fn who_guesses_at_a_password_keeps_no_passkey_out(service: &Service) {
    let (pia, mut device, _) = service.with_passkey("pia1@example.org", "observer");
    let mut answer = || {
        let ceremony = device.showing(&service.asked().challenge, PAGE);
        shown(device.show(&ceremony))
    };
    // The second factor was asked for before the guessing began.
    let asked = service.challenge(&pia);
    for i in 0..21 {
        let from = if i < 6 { HOME.to_owned() } else { format!("2001:db8:7:{i:x}::1") };
        assert!(service.sign_in(&pia, "wrong horse battery", &from).is_err());
    }
    let right = service.sign_in(&pia, GOOD, HOME);
    assert!(matches!(right, Err(SignInError::Refused)), "the password waits: {right:?}");
    // From where it is guessed, from anywhere else.
    service.alone(answer(), HOME).unwrap();
    service.alone(answer(), "203.0.113.9").unwrap();
    for i in 0..100 {
        let nobody = Person { email: format!("nobody{i}@example.org"), ..Person::default() };
        assert!(service.sign_in(&nobody, "wrong horse battery", HOME).is_err());
    }
    let throttled = service.sign_in(&pia, GOOD, HOME);
    assert!(matches!(throttled, Err(SignInError::Throttled(_))), "the address waits: {throttled:?}");
    service.alone(answer(), HOME).unwrap();
    let options = asked.passkeys.clone().unwrap();
    service.answer(&asked, proof(&mut device, &options), &pia).unwrap();
    service.wait(3_600);
}
