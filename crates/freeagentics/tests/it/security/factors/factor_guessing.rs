//! Guessing six digits, or a recovery code, with the right password in hand.

use super::password_guessing::metric;
use crate::api::person::{PASSWORD, Person, answer, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(neither_one_challenge_nor_many_allow_many_guesses, a_recovery_code_works_once_and_is_not_guessed);

fn neither_one_challenge_nor_many_allow_many_guesses(installation: Installation) {
    let server = installation.start();
    let stranger = server.stranger();
    let mut ann = Person::enrolled(&installation, &server, "ann@example.org");
    let worn = ann.challenge(&stranger);
    for guess in 0..5 {
        answer(&stranger, &worn, "code", &format!("{guess:06}")).problem(401, "sign_in_refused");
    }
    let right = ann.code();
    answer(&stranger, &worn, "code", &right).problem(401, "challenge_invalid");
    // The right password again and again: new challenges, but hardly any new guesses. Each one that is tried doubles the wait,
    // so that however slow this machine is, most of thirty are not.
    for guess in 0..30 {
        let told = ann.sign_in(&stranger, PASSWORD).expect(401);
        if told["code"] == "second_factor_required" {
            let challenge = text(&told, "challenge");
            answer(&stranger, &challenge, "code", &format!("{guess:06}")).problem(401, "sign_in_refused");
        }
    }
    let held = ["pair", "factor"].map(|class| metric(&server, &format!("sign_in_locks_total{{class=\"{class}\"}}")));
    assert!(held.iter().sum::<f64>() >= 15.0, "{held:?} of 30 were not tried");
    let mut bob = Person::enrolled(&installation, &server, "bob@example.org");
    let challenge = bob.challenge(&stranger);
    answer(&stranger, &challenge, "code", "000000").problem(401, "sign_in_refused");
    let signed_in = answer(&stranger, &challenge, "code", &bob.code()).expect(200);
    assert!(!text(&signed_in, "access_token").is_empty(), "who mistypes once gets in");
}

fn a_recovery_code_works_once_and_is_not_guessed(installation: Installation) {
    let server = installation.start();
    let stranger = server.stranger();
    let ann = Person::enrolled(&installation, &server, "ann@example.org");
    let code = &ann.recovery_codes[0];
    let signed_in = answer(&stranger, &ann.challenge(&stranger), "recovery_code", code).expect(200);
    assert_eq!(signed_in["recovery_codes_left"], 9);
    answer(&stranger, &ann.challenge(&stranger), "recovery_code", code).problem(401, "sign_in_refused");
    let bob = Person::enrolled(&installation, &server, "bob@example.org");
    let challenge = bob.challenge(&stranger);
    for guess in ["aaaa-aaaa-aaaa-aaaa", "%", "", "' OR 1=1 --", "0000-0000-0000-0000"] {
        answer(&stranger, &challenge, "recovery_code", guess).problem(401, "sign_in_refused");
    }
    answer(&stranger, &challenge, "recovery_code", &bob.recovery_codes[1]).problem(401, "challenge_invalid");
}
