//! What a device has signed, sent once more; and a copy of a device.

use testbed::Ceremony;

use crate::api::passkeys::{self, PAGE, SETTINGS, asked, challenge, device, parsed, register, shown, sign_in, token};
use crate::api::person::Person;
use crate::api::{Installation, on_both_databases};
use serde_json::json;

on_both_databases!(
    what_a_device_has_signed_lets_in_once,
    what_is_shown_several_times_at_once_lets_in_once,
    a_copy_of_a_device_is_noticed
);

fn what_a_device_has_signed_lets_in_once(installation: Installation) {
    let server = installation.start_with(&SETTINGS);
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    let (client, stranger, mut device) = (ann.client(&server), server.stranger(), device());
    register(&client, &mut device);
    // A device that does not count: nothing but the challenge makes its answer good once.
    let ceremony = Ceremony { counter: 0, ..device.showing(&challenge(&asked(&stranger)), PAGE) };
    let answer = parsed(&device.show(&ceremony).json());
    token(&sign_in(&stranger, &answer));
    sign_in(&stranger, &answer).problem(401, "sign_in_refused");
    let forged = json!({ "challenge": "AAAA" });
    sign_in(&stranger, &shown(&mut device, &forged)).problem(401, "sign_in_refused");
    let needed = ann.sign_in(&stranger, crate::api::person::PASSWORD).problem(401, "second_factor_required");
    assert_eq!(needed["ways"], json!(["passkey", "recovery_code"]));
    let for_the_second_step = shown(&mut device, &needed["public_key"]);
    sign_in(&stranger, &for_the_second_step).problem(401, "sign_in_refused");
    let body = json!({ "challenge": needed["challenge"], "passkey": for_the_second_step });
    stranger.post("/api/v1/sign-in/factor", &body).expect(200);
    stranger.post("/api/v1/sign-in/factor", &body).problem(401, "challenge_invalid");
    let shown_in_session = passkeys::shown_again(&client, &mut device);
    sign_in(&stranger, &shown_in_session).problem(401, "sign_in_refused");
}

fn what_is_shown_several_times_at_once_lets_in_once(installation: Installation) {
    let server = installation.start_with(&SETTINGS);
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    let (client, stranger, mut device) = (ann.client(&server), server.stranger(), device());
    register(&client, &mut device);
    let ceremony = Ceremony { counter: 0, ..device.showing(&challenge(&asked(&stranger)), PAGE) };
    let at_once = parsed(&device.show(&ceremony).json());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let ask = |_| scope.spawn(|| sign_in(&server.stranger(), &at_once).status);
        let asked: Vec<_> = (0..4).map(ask).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

fn a_copy_of_a_device_is_noticed(installation: Installation) {
    let server = installation.start_with(&SETTINGS);
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    let (client, stranger, mut device) = (ann.client(&server), server.stranger(), device());
    register(&client, &mut device);
    let mut with_counter = |counter| {
        let ceremony = Ceremony { counter, ..device.showing(&challenge(&asked(&stranger)), PAGE) };
        sign_in(&stranger, &parsed(&device.show(&ceremony).json()))
    };
    token(&with_counter(9));
    with_counter(9).problem(401, "sign_in_refused");
    with_counter(3).problem(401, "sign_in_refused");
    token(&with_counter(10));
}
