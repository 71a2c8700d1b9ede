//! A token that says of itself that it is not signed.

use serde_json::json;

use super::{Forge, encoded};

#[test]
fn a_token_that_is_not_signed_is_none() {
    let forge = Forge::new();
    forge.accepts(forge.honest());
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "alg": algorithm, "typ": "at+jwt", "kid": forge.kid });
        let unsigned = forge.unsigned(&header, &forge.claims());
        for end in [".".to_owned(), String::new(), format!(".{}", encoded(b"none"))] {
            forge.refuses(&format!("{unsigned}{end}"), algorithm);
        }
    }
    let header = json!({ "typ": "at+jwt", "kid": forge.kid });
    forge.refuses(&format!("{}.", forge.unsigned(&header, &forge.claims())), "no algorithm");
}
