//! A token of another issuer.

use serde_json::json;

use super::Forge;

#[test]
fn a_token_is_from_whom_it_names() {
    let forge = Forge::new();
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
    for iss in [json!("https://evil.example"), json!(""), json!(null), json!("fa/"), json!("f\u{0430}"), json!(["fa"])]
    {
        let mut claims = forge.claims();
        claims["iss"] = iss.clone();
        forge.refuses(&forge.signed(&forge.header(), &claims), &iss.to_string());
    }
}
