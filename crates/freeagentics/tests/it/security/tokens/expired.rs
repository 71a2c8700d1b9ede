//! A token after its end.

use serde_json::json;

use super::Forge;

#[test]
fn a_token_ends_to_the_second() {
    let forge = Forge::new();
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
    for exp in [
        json!(forge.now() - 1),
        json!(forge.now() - 86_400),
        json!(0),
        json!(-1),
        json!(null),
        json!("never"),
        json!(1e300),
    ] {
        let mut claims = forge.claims();
        claims["exp"] = exp.clone();
        forge.refuses(&forge.signed(&forge.header(), &claims), &exp.to_string());
    }
}
