//! Answers that no device gave, or not as it should.

use serde_json::{Value, json};
use testbed::Ceremony;

use crate::api::passkeys::{
    PAGE, SETTINGS, asked, begin, challenge, device, made, parsed, register, shown, sign_in, token,
};
use crate::api::person::{PASSWORD, Person};
use crate::api::{Installation, on_both_databases};

/// Changes one thing about an answer.
type Change = fn(&mut Value);

on_both_databases!(what_a_device_did_not_sign_or_verify_lets_nobody_in);

fn what_a_device_did_not_sign_or_verify_lets_nobody_in(installation: Installation) {
    let server = installation.start_with(&SETTINGS);
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    let (client, stranger, mut device) = (ann.client(&server), server.stranger(), device());
    let begun = begin(&client, PASSWORD, &json!({})).expect(200);
    let good = made(&mut device, &begun["public_key"]);
    for (what, text) in [("cut off", "o2NmbXRkbm9uZQ"), ("nothing", ""), ("no map", "AA")] {
        let mut body = good.clone();
        body["credential"]["response"]["attestationObject"] = text.into();
        let refused = client.post("/api/v1/factors/passkeys", &body);
        assert_eq!(refused.status, 422, "{what}: {}", refused.text);
    }
    let mut padded = good;
    padded["credential"]["response"]["clientDataJSON"] = "AAA=".into();
    let refused = client.post("/api/v1/factors/passkeys", &padded).problem(422, "invalid_body");
    assert_eq!(refused["pointer"], "/credential/response/clientDataJSON");
    register(&client, &mut device);
    let tampered: [(&str, Change); 4] = [
        ("no signature", |answer| answer["signature"] = "".into()),
        ("a signature of something else", |answer| answer["signature"] = "MEUCIQDAAAAAAAAA".into()),
        ("another counter than was signed", |answer| {
            answer["authenticatorData"] = counted_on(&answer["authenticatorData"])
        }),
        ("nobody's name", |answer| answer["userHandle"] = Value::Null),
    ];
    for (what, change) in tampered {
        let mut answer = shown(&mut device, &asked(&stranger));
        change(&mut answer["response"]);
        let refused = sign_in(&stranger, &answer);
        assert_eq!(refused.status, 401, "{what}: {}", refused.text);
        token(&sign_in(&stranger, &shown(&mut device, &asked(&stranger))));
    }
    for (what, flags) in [("somebody whom the device did not verify", 1), ("nobody", 4), ("nothing", 0)] {
        let ceremony = Ceremony { flags, ..device.showing(&challenge(&asked(&stranger)), PAGE) };
        let refused = sign_in(&stranger, &parsed(&device.show(&ceremony).json()));
        assert_eq!(refused.status, 401, "{what}: {}", refused.text);
        token(&sign_in(&stranger, &shown(&mut device, &asked(&stranger))));
    }
}

/// What a device said, with a counter that it did not say: most of the last letters stand for it.
fn counted_on(said: &Value) -> Value {
    let text = said.as_str().unwrap();
    let (before, last) = (&text[..text.len() - 6], &text[text.len() - 2..]);
    format!("{before}____{last}").into()
}
