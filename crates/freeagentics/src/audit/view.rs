//! An entry as the API shows it.

use axiomcore::audit::Link;
use axiomcore::hex;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Who did what, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Its number in the workspace's chain.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    pub(super) seq: u64,
    /// When it happened (RFC 3339).
    at: String,
    /// What was done, as `what.verb`.
    action: String,
    /// Who did it; null if that was erased.
    principal: Option<String>,
    /// What it was done to; null if that was erased.
    subject: Option<String>,
    /// More about it; null if that was erased.
    detail: Option<Value>,
    /// Whether all but its place in the chain was erased.
    erased: bool,
    /// What binds it to the entry before, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hash: String,
}

impl From<Link> for AuditEntry {
    fn from(link: Link) -> Self {
        let (erased, hash) = (link.content.is_none(), hex::encode(&link.hash));
        let (principal, subject, detail) = link.content.map_or((None, None, None), |content| {
            // What is no JSON was never written; it is shown as it is.
            let detail = serde_json::from_str(&content.detail).unwrap_or(Value::String(content.detail));
            (Some(content.principal), Some(content.subject), Some(detail))
        });
        Self { seq: link.seq, at: link.at.to_string(), action: link.action, principal, subject, detail, erased, hash }
    }
}
