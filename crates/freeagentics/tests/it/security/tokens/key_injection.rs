//! Tokens that bring their own key along, or say where it can be fetched.

use serde_json::json;

use super::{Forge, Key};

#[test]
fn a_token_does_not_say_what_it_is_verified_by() {
    let forge = Forge::new();
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
    let key = Key::new();
    for (name, value) in [
        ("jku", json!("http://127.0.0.1:1/jwks.json")),
        ("x5u", json!("http://127.0.0.1:1/chain.pem")),
        ("jwk", key.jwk()),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
    ] {
        let mut header = forge.header();
        header[name] = value;
        forge.refuses(&key.sign(&forge.unsigned(&header, &forge.claims())), name);
        // With our own signature: what we never write is not read.
        forge.refuses(&forge.signed(&header, &forge.claims()), name);
    }
}
