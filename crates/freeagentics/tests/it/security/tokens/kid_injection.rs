//! Names of keys that lead somewhere: into files, statements, other keys.

use serde_json::json;

use super::{Forge, Key};

#[test]
fn the_name_of_a_key_finds_that_key_among_ours_and_nothing_else() {
    let forge = Forge::new();
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
    for kid in [
        "",
        "../../../../dev/null",
        "/proc/self/environ",
        "' UNION SELECT 'key' --",
        "1; DROP TABLE signing_keys",
        "*",
        "bootstrap",
        "https://evil.example/key",
        &forge.kid.to_uppercase(),
        &format!("{} ", forge.kid),
    ] {
        let header = json!({ "alg": "RS256", "typ": "at+jwt", "kid": kid });
        // With our own signature: only the name is wrong.
        forge.refuses(&forge.signed(&header, &forge.claims()), kid);
        forge.refuses(&Key::new().sign(&forge.unsigned(&header, &forge.claims())), kid);
    }
    forge.refuses(&forge.signed(&json!({ "alg": "RS256", "typ": "at+jwt" }), &forge.claims()), "no name");
    forge.accepts(forge.signed(&forge.header(), &forge.claims()));
}
