//! A token signed with another algorithm, first of all with the public key as the secret of an HMAC.

use ring::hmac;
use serde_json::json;

use super::{Forge, encoded};

#[test]
fn the_public_key_is_no_secret_to_sign_with() {
    let forge = Forge::new();
    forge.accepts(forge.honest());
    let published = forge.server.stranger().get("/.well-known/jwks.json");
    let modulus = published.json()["keys"][0]["n"].as_str().unwrap().to_owned();
    for secret in [modulus.as_bytes(), &super::decoded(&modulus), published.text.as_bytes(), b"", forge.kid.as_bytes()]
    {
        for algorithm in ["HS256", "HS384", "HS512", "hs256", "RS256"] {
            let header = json!({ "alg": algorithm, "typ": "at+jwt", "kid": forge.kid });
            let unsigned = forge.unsigned(&header, &forge.claims());
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), unsigned.as_bytes());
            forge.refuses(&format!("{unsigned}.{}", encoded(tag.as_ref())), algorithm);
        }
    }
}

#[test]
fn our_own_signature_counts_only_under_our_own_algorithm() {
    let forge = Forge::new();
    for algorithm in ["RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", " RS256"] {
        let header = json!({ "alg": algorithm, "typ": "at+jwt", "kid": forge.kid });
        forge.refuses(&forge.signed(&header, &forge.claims()), algorithm);
    }
    for kind in ["JWT", "id+jwt", "AT+JWT", ""] {
        let header = json!({ "alg": "RS256", "typ": kind, "kid": forge.kid });
        forge.refuses(&forge.signed(&header, &forge.claims()), kind);
    }
}
