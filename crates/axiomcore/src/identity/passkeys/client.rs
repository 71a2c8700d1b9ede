//! What a browser says of what it had a device sign: what for, for which challenge, and on which page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::Flaw;

/// The longest that is read; browsers write some hundred bytes.
const LONGEST: usize = 4096;

/// What something was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// To make a passkey.
    Create,
    /// To show one.
    Get,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// What we need of it. Browsers may add more at any time.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_framed: bool,
}

/// The challenge that it was made for, if it was made for this on a page of one of these origins, and not within a page of
/// somebody else's.
pub(super) fn challenge_of(bytes: &[u8], kind: Kind, origins: &[String]) -> Result<Vec<u8>, Flaw> {
    let data = bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default();
    let said: ClientData = serde_json::from_slice(data).map_err(|_| Flaw::ClientData)?;
    if said.kind != kind.name() {
        return Err(Flaw::Kind);
    }
    if said.is_framed || !origins.contains(&said.origin) {
        return Err(Flaw::Origin);
    }
    URL_SAFE_NO_PAD.decode(&said.challenge).map_err(|_| Flaw::Challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u8>, Flaw> {
        challenge_of(text.as_bytes(), Kind::Get, &["https://example.org".into()])
    }

    #[test]
    fn it_was_made_for_this_on_a_page_of_ours() {
        let good =
            r#"{"type":"webauthn.get","challenge":"AQID","origin":"https://example.org","crossOrigin":false,"new":1}"#;
        assert_eq!(read(good), Ok(vec![1, 2, 3]));
        for (from, to, flaw) in [
            ("webauthn.get", "webauthn.create", Flaw::Kind),
            ("https://example.org", "https://example.org.evil.example", Flaw::Origin),
            ("https://example.org", "http://example.org", Flaw::Origin),
            ("https://example.org", "https://example.org:8443", Flaw::Origin),
            ("https://example.org", "https://EXAMPLE.org", Flaw::Origin),
            ("false", "true", Flaw::Origin),
            ("AQID", "AQID=", Flaw::Challenge),
            ("AQID", "AQI+", Flaw::Challenge),
            ("{\"type", "{\"origin\":\"https://example.org\",\"type", Flaw::ClientData),
            ("\"challenge\":\"AQID\",", "", Flaw::ClientData),
            ("}", "}x", Flaw::ClientData),
            ("}", "", Flaw::ClientData),
        ] {
            assert_eq!(read(&good.replace(from, to)), Err(flaw), "{to}");
        }
        assert_eq!(
            read(&good.replace("\"new\":1", &format!("\"new\":\"{}\"", "x".repeat(LONGEST)))),
            Err(Flaw::ClientData)
        );
    }
}
