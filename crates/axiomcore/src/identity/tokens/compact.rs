//! The compact form of a signed token (RFC 7515): three parts in base64url with dots between them.
//!
//! Only what we write ourselves is read. The algorithm is not the token's choice: a header that names another one, or
//! that has any member besides ours (`jku`, `x5u`, `jwk`, `crit`, …), makes the text no token at all.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

const ALGORITHM: &str = "RS256";

/// An access token (RFC 9068), so that no other kind of token can be taken for one.
const TYPE: &str = "at+jwt";

/// Ours have some 900 bytes.
const LONGEST: usize = 4096;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'h> {
    alg: &'h str,
    typ: &'h str,
    kid: &'h str,
}

/// A token taken apart. Nothing in it has been verified.
pub(in crate::identity) struct Compact<'t> {
    /// The key that it says it is signed with.
    pub(super) kid: String,
    /// What is signed.
    pub(super) signed: &'t str,
    /// The claims, as JSON.
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl<'t> Compact<'t> {
    /// Takes a text apart, if it has the form of one of our tokens.
    pub(in crate::identity) fn read(text: &'t str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.').filter(|_| text.len() <= LONGEST)?;
        let (header, payload) = signed.split_once('.')?;
        let header = URL_SAFE_NO_PAD.decode(header).ok()?;
        let header: Header<'_> = serde_json::from_slice(&header).ok()?;
        if header.alg != ALGORITHM || header.typ != TYPE {
            return None;
        }
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        Some(Self { kid: header.kid.to_owned(), signed, payload: decoded(payload)?, signature: decoded(signature)? })
    }
}

/// What is to be signed of a token.
pub(super) fn unsigned(kid: &str, payload: &[u8]) -> serde_json::Result<String> {
    let header = serde_json::to_vec(&Header { alg: ALGORITHM, typ: TYPE, kid })?;
    Ok(format!("{}.{}", encoded(&header), encoded(payload)))
}

pub(super) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_read(header: &str) -> bool {
        let text = format!("{}.{}.{}", encoded(header.as_bytes()), encoded(b"{}"), encoded(b"signature"));
        Compact::read(&text).is_some()
    }

    #[test]
    fn a_header_that_we_would_not_write_makes_no_token() {
        assert!(is_read(r#"{"alg":"RS256","typ":"at+jwt","kid":"a"}"#));
        for header in [
            r#"{"alg":"none","typ":"at+jwt","kid":"a"}"#,
            r#"{"alg":"HS256","typ":"at+jwt","kid":"a"}"#,
            r#"{"alg":"rs256","typ":"at+jwt","kid":"a"}"#,
            r#"{"alg":"RS256","alg":"RS256","typ":"at+jwt","kid":"a"}"#,
            r#"{"alg":"RS256","typ":"JWT","kid":"a"}"#,
            r#"{"alg":"RS256","typ":"at+jwt"}"#,
            r#"{"alg":"RS256","typ":"at+jwt","kid":"a","jku":"https://evil.example"}"#,
            r#"{"alg":"RS256","typ":"at+jwt","kid":"a","crit":["exp"]}"#,
            r#"{"alg":"RS256","typ":"at+jwt","kid":["a"]}"#,
        ] {
            assert!(!is_read(header), "{header}");
        }
    }

    #[test]
    fn a_token_has_one_text() {
        let text = format!("{}.{}", unsigned("a", b"{}").unwrap(), encoded(b"s"));
        assert!(Compact::read(&text).is_some());
        for other in
            [format!("{text}="), format!("{text}."), format!("{text} "), format!("{}x", text), text.replace('.', "")]
        {
            assert!(Compact::read(&other).is_none(), "{other}");
        }
        assert!(Compact::read(&format!("{}.{}", unsigned("a", &[b' '; 4096]).unwrap(), encoded(b"s"))).is_none());
    }
}
