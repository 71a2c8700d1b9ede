//! A model document as the body of a request: YAML or JSON, by its type.

use axiomcore::http::codes::UNSUPPORTED_MEDIA_TYPE;
use axiomcore::http::{Problem, body_of};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use freeagentics_inference::document::Format;

/// A document as it came; nobody has looked at it yet.
#[derive(Clone, Debug)]
pub(crate) struct DocumentBody {
    pub(super) bytes: Bytes,
    pub(super) format: Format,
}

/// By which types a document is recognised; the first of each is the one in the document about the API.
const TYPES: [(&str, Format); 4] = [
    ("application/yaml", Format::Yaml),
    ("text/yaml", Format::Yaml),
    ("application/x-yaml", Format::Yaml),
    ("application/json", Format::Json),
];

impl<S: Send + Sync> FromRequest<S> for DocumentBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let said = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = said.split(';').next().unwrap_or_default().trim();
        let known = TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(essence));
        let Some((_, format)) = known else {
            let mend = "send a document as application/yaml or application/json";
            return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).mend(mend));
        };
        Ok(Self { format: *format, bytes: body_of(request).await? })
    }
}
