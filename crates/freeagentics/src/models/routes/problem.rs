//! What is wrong with a document, as it is answered.

use freeagentics_inference::document;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One thing that is wrong with a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelProblem {
    /// What kind of problem it is; it never changes.
    code: String,
    /// The place, as a JSON Pointer (RFC 6901).
    pointer: String,
    /// The line, from 1.
    #[schema(minimum = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// The column, from 1.
    #[schema(minimum = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    /// What is wrong.
    message: String,
    /// How to mend it.
    mend: String,
    /// What should stand there, where that can be said in data.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Value>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Value>,
    /// Further places with the same cause.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    also: Vec<String>,
    /// A JSON Patch (RFC 6902) that mends it, where that needs no knowledge of the world.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    patch: Option<Value>,
}

impl ModelProblem {
    /// Found here and not by the reader of documents.
    pub(super) fn new(code: &str, pointer: &str, message: String, mend: &str) -> Self {
        Self {
            code: code.to_owned(),
            pointer: pointer.to_owned(),
            line: None,
            column: None,
            message,
            mend: mend.to_owned(),
            expected: None,
            found: None,
            also: Vec::new(),
            patch: None,
        }
    }
}

impl From<document::Problem> for ModelProblem {
    fn from(problem: document::Problem) -> Self {
        Self {
            code: problem.code.as_str().to_owned(),
            pointer: problem.pointer,
            line: problem.line,
            column: problem.column,
            message: problem.message,
            mend: problem.mend,
            expected: problem.expected,
            found: problem.found,
            also: problem.also,
            patch: problem.patch.and_then(|patch| serde_json::to_value(patch).ok()),
        }
    }
}
