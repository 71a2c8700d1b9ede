//! A passkey shown on another page: one that looks like ours, hands on what we ask, and wants what the device signs.

use testbed::Ceremony;

use crate::api::passkeys::{self, PAGE, SETTINGS, asked, challenge, device, made_so, parsed, register, sign_in, token};
use crate::api::person::{PASSWORD, Person};
use crate::api::{Installation, on_both_databases};
use serde_json::json;

/// Changes one thing about what a device says.
type Change = fn(&mut Ceremony);

on_both_databases!(what_a_device_signs_for_another_page_is_worth_nothing);

fn what_a_device_signs_for_another_page_is_worth_nothing(installation: Installation) {
    let server = installation.start_with(&SETTINGS);
    let ann = Person::join(&installation, &server, "ann@example.org", "observer");
    let (client, stranger, mut device) = (ann.client(&server), server.stranger(), device());
    let wrong: [(&str, Change); 5] = [
        ("a page that looks like ours", |said| said.origin = "https://examp1e.org".into()),
        ("a page below our domain", |said| said.origin = "https://blog.example.org".into()),
        ("our page without TLS", |said| said.origin = "http://example.org".into()),
        ("our page within another's", |said| said.is_framed = true),
        ("a passkey of another domain", |said| said.domain = "evil.example".into()),
    ];
    for (what, change) in &wrong {
        let options = passkeys::begin(&client, PASSWORD, &json!({})).expect(200);
        let mut ceremony = device.making(&challenge(&options["public_key"]), PAGE);
        change(&mut ceremony);
        let refused = client.post("/api/v1/factors/passkeys", &made_so(&device, &ceremony));
        assert_eq!(refused.status, 422, "{what}: {}", refused.text);
        refused.problem(422, "passkey_invalid");
    }
    register(&client, &mut device);
    for (what, change) in &wrong {
        let mut ceremony = device.showing(&challenge(&asked(&stranger)), PAGE);
        change(&mut ceremony);
        let refused = sign_in(&stranger, &parsed(&device.show(&ceremony).json()));
        assert_eq!(refused.status, 401, "{what}: {}", refused.text);
        // Each begins anew: what failures cost is another category.
        token(&sign_in(&stranger, &passkeys::shown(&mut device, &asked(&stranger))));
    }
}
