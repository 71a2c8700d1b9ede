//! A token that is for somebody else.

use serde_json::json;

use super::Forge;

#[test]
fn a_token_is_for_whom_it_names() {
    let forge = Forge::new();
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
    for aud in
        [json!("billing"), json!(""), json!(["fa", "billing"]), json!(["fa"]), json!(null), json!("FA"), json!("fa ")]
    {
        let mut claims = forge.claims();
        claims["aud"] = aud.clone();
        forge.refuses(&forge.signed(&forge.header(), &claims), &aud.to_string());
    }
}
