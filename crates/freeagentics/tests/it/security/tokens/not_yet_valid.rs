//! A token before its beginning.

use serde_json::json;

use super::Forge;

#[test]
fn a_token_begins_when_it_says_so() {
    let forge = Forge::new();
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
    for (name, value) in [
        ("nbf", json!(forge.now() + 120)),
        ("iat", json!(forge.now() + 120)),
        ("nbf", json!(i64::MAX)),
        ("nbf", json!(null)),
        ("iat", json!("now")),
    ] {
        let mut claims = forge.claims();
        claims["exp"] = json!(forge.now() + 600);
        claims[name] = value;
        forge.refuses(&forge.signed(&forge.header(), &claims), name);
    }
}
