//! A token whose signature is gone, altered, another token's, or of a key of the attacker's.

use super::{Forge, Key, encoded};

#[test]
fn what_is_said_has_to_be_signed_by_our_key() {
    let forge = Forge::new();
    let honest = forge.honest();
    forge.accepts(honest.clone());
    let (unsigned, signature) = honest.rsplit_once('.').unwrap();
    let mut bytes = super::decoded(signature);
    bytes[7] ^= 1;
    let other = forge.honest();
    for (forged, what) in [
        (unsigned.to_owned(), "no signature, no dot"),
        (format!("{unsigned}."), "no signature"),
        (format!("{unsigned}.{}", encoded(&bytes)), "a flipped bit"),
        (format!("{unsigned}.{}", encoded(&[0; 256])), "zeros"),
        (format!("{unsigned}.{}", other.rsplit_once('.').unwrap().1), "another token's signature"),
        (format!("{honest}="), "padding"),
        (format!("{honest}.{signature}"), "two signatures"),
    ] {
        forge.refuses(&forged, what);
    }
    let mut more = forge.claims();
    more["sub"] = "bootstrap".into();
    let header = forge.header();
    forge.refuses(&format!("{}.{signature}", forge.unsigned(&header, &more)), "other claims under the same signature");
    forge.refuses(&Key::new().sign(&forge.unsigned(&header, &forge.claims())), "a key of the attacker's");
}
