//! `Idempotency-Key` and `If-Match`: what makes asking twice, or asking late, safe.

use axiomcore::http::Problem;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::runtime::Guarded;
use crate::server::codes::INVALID_HEADER;

/// The key of a request that may be repeated: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[!-~]{1,255}$", max_length = 255)]
pub(crate) struct IdempotencyKey(String);

/// A text is no idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key is 1 to 255 visible ASCII characters")]
pub(crate) struct NotAKey;

impl IdempotencyKey {
    /// Its text.
    pub(crate) fn text(self) -> String {
        self.0
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = NotAKey;

    fn try_from(text: String) -> Result<Self, NotAKey> {
        let good = matches!(text.len(), 1..=255) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if good { Ok(Self(text)) } else { Err(NotAKey) }
    }
}

/// Both headers.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct Guards {
    /// Names this request: asking again with the same key gives the first answer and does nothing more.
    #[param(rename = "Idempotency-Key", value_type = Option<String>, pattern = "^[!-~]{1,255}$", max_length = 255)]
    key: Option<IdempotencyKey>,
    /// The revision that the agent must have, in quotes as in `ETag`; `*` for any.
    #[param(inline, rename = "If-Match", value_type = Option<String>, pattern = "^(\\*|\"[1-9][0-9]{0,15}\")$")]
    revision: Option<u64>,
}

impl Guards {
    /// As the runtime takes them.
    pub(crate) fn guarded(self) -> Guarded {
        Guarded { idempotency_key: self.key.map(IdempotencyKey::text), if_match: self.revision }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Guards {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = only(&parts.headers, "Idempotency-Key")?.map(|text| IdempotencyKey::try_from(text.to_owned()));
        let key = key.transpose().map_err(|error| wrong("Idempotency-Key", error.to_string()))?;
        Ok(Self { key, revision: IfMatch::of(&parts.headers)?.revision })
    }
}

/// `If-Match` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfMatch {
    /// The revision that the agent must have, in quotes as in `ETag`; `*` for any.
    #[param(inline, rename = "If-Match", value_type = Option<String>, pattern = "^(\\*|\"[1-9][0-9]{0,15}\")$")]
    pub(crate) revision: Option<u64>,
}

impl IfMatch {
    /// A weak tag never matches by the rules of HTTP, and of several only one could be meant, so both are mistakes.
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(text) = only(headers, "If-Match")?.filter(|text| *text != "*") else {
            return Ok(Self { revision: None });
        };
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let number = quoted.filter(|text| text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_digit()));
        match number.and_then(|text| text.parse().ok()) {
            Some(revision) => Ok(Self { revision: Some(revision) }),
            None => Err(wrong("If-Match", "expected a revision in quotes, such as \"12\", or *".into())),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

/// Neither header, where many agents are asked at once: there it would guard nobody, and whoever sent it would think
/// that it does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoGuards;

impl<S: Send + Sync> FromRequestParts<S> for NoGuards {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        for (header, mend) in [
            ("Idempotency-Key", "send it in the body, as `idempotency_key`"),
            ("If-Match", "send `if_match` in the body with each item of `POST /api/v1/steps`"),
        ] {
            if parts.headers.contains_key(header) {
                return Err(
                    wrong(header, "it guards requests for one agent; here it would do nothing".into()).mend(mend)
                );
            }
        }
        Ok(Self)
    }
}

/// The value of a header that may stand there once.
pub(crate) fn only<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(text) => Ok(Some(text.trim())),
            Err(_) => Err(wrong(name, "only visible ASCII characters are allowed".into())),
        },
        (Some(_), Some(_)) => Err(wrong(name, "it stands there more than once".into())),
    }
}

pub(crate) fn wrong(header: &'static str, detail: String) -> Problem {
    Problem::new(&INVALID_HEADER).detail(format!("{header}: {detail}")).with("header", header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(values: &[&'static str]) -> Option<Option<u64>> {
        let headers = values.iter().map(|value| ("if-match".parse().unwrap(), value.parse().unwrap())).collect();
        IfMatch::of(&headers).ok().map(|found| found.revision)
    }

    #[test]
    fn a_revision_is_quoted_a_star_is_any_and_everything_else_is_a_mistake() {
        assert_eq!((if_match(&[]), if_match(&["*"]), if_match(&["\"12\""])), (Some(None), Some(None), Some(Some(12))));
        for wrong in ["12", "W/\"12\"", "\"12", "\"\"", "\"a\"", "\"-1\"", "\"1\", \"2\"", "\"12345678901234567\""] {
            assert_eq!(if_match(&[wrong]), None, "{wrong}");
        }
        assert_eq!(if_match(&["\"1\"", "\"1\""]), None);
    }

    #[test]
    fn a_key_is_visible_ascii() {
        let is_key = |text: &str| IdempotencyKey::try_from(text.to_owned()).is_ok();
        assert!(is_key("k") && is_key(&"~".repeat(255)) && is_key("a/b:c{d}"));
        assert!(!is_key("") && !is_key("a b") && !is_key("ä") && !is_key("a\n") && !is_key(&"x".repeat(256)));
    }
}
