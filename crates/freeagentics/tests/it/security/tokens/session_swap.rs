//! A token whose parts belong to different people.

use serde_json::json;

use super::Forge;

#[test]
fn a_token_is_its_sessions_owners() {
    let forge = Forge::new();
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
    for (name, value) in [
        ("sub", json!("bootstrap")),
        ("sub", json!("")),
        ("ws", json!(2)),
        ("ws", json!("1")),
        ("sid", json!("0".repeat(32))),
    ] {
        let mut claims = forge.claims();
        claims[name] = value;
        forge.refuses(&forge.signed(&forge.header(), &claims), name);
    }
}
