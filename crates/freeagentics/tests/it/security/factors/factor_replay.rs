//! A code of the second factor used again, by somebody who has seen it.

use crate::api::person::{PASSWORD, Person, answer, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_code_that_was_seen_is_worth_nothing);

fn a_code_that_was_seen_is_worth_nothing(installation: Installation) {
    let server = installation.start();
    let stranger = server.stranger();
    let mut ann = Person::enrolled(&installation, &server, "ann@example.org");
    let confirmed = ann.used_code();
    answer(&stranger, &ann.challenge(&stranger), "code", &confirmed).problem(401, "sign_in_refused");
    let code = ann.code();
    // Several at the same moment, each with a challenge of its own: one gets in.
    let challenges: Vec<String> = (0..4).map(|_| ann.challenge(&stranger)).collect();
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let ask = |challenge: &String| {
            let (client, code) = (server.stranger(), &code);
            let challenge = challenge.clone();
            scope.spawn(move || answer(&client, &challenge, "code", code).status)
        };
        let asked: Vec<_> = challenges.iter().map(ask).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    let let_in = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(let_in, 1, "{answers:?}");
    answer(&stranger, &ann.challenge(&stranger), "code", &code).problem(401, "sign_in_refused");
    let mut bob = Person::enrolled(&installation, &server, "bob@example.org");
    let challenge = bob.challenge(&stranger);
    let signed_in = answer(&stranger, &challenge, "code", &bob.code()).expect(200);
    server.client_with(&text(&signed_in, "access_token")).get("/api/v1/whoami").expect(200);
    assert_eq!(bob.sign_in(&stranger, PASSWORD).status, 401);
}
