//! `POST /api/v1/models/validate`.

use axiomcore::http::{Json, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::DocumentBody;
use super::checking::{Wrong, check};
use super::problem::ModelProblem;
use super::view::ModelView;
use crate::models::expectations::Outcome;
use crate::server::Platform;
use crate::server::codes::MODEL_TESTS_TOO_LONG;
use crate::server::openapi::failures;
use crate::server::permissions::ReadModels;

failures! { Failures: MODEL_TESTS_TOO_LONG }

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Validation {
    Valid(Box<ValidModel>),
    Invalid(InvalidModel),
}

/// A model that is sound.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValidModel {
    /// Always true.
    valid: bool,
    #[serde(flatten)]
    model: ModelView,
}

/// A document that does not become a model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvalidModel {
    /// Always false.
    valid: bool,
    /// Everything that is wrong with the document.
    problems: Vec<ModelProblem>,
    /// How many more problems there are.
    omitted: usize,
    /// Tests that fail, once the document is right.
    failed: Vec<Outcome>,
}

/// Check a model
///
/// Says what storing it would say, and stores nothing. Any text is welcome, for it is here that one learns what is wrong.
#[utoipa::path(
    post,
    path = "/api/v1/models/validate",
    request_body(content((Value = "application/yaml"), (Value = "application/json"))),
    responses((status = 200, description = "What was found.", body = Validation), Failures),
)]
pub(crate) async fn validate_model(
    caller: Allowed<ReadModels>,
    State(platform): State<Platform>,
    body: DocumentBody,
) -> Result<Json<Validation>, Problem> {
    let invalid = |problems, omitted, failed| InvalidModel { valid: false, problems, omitted, failed };
    Ok(Json(match check(&platform, caller.workspace, body, true).await? {
        Ok(checked) => Validation::Valid(Box::new(ValidModel { valid: true, model: ModelView::from(&checked) })),
        Err(Wrong::Invalid(problems, omitted)) => Validation::Invalid(invalid(problems, omitted, Vec::new())),
        Err(Wrong::Fails(failed)) => Validation::Invalid(invalid(Vec::new(), 0, failed)),
        Err(wrong @ (Wrong::TooLong(_) | Wrong::Store(_))) => return Err(wrong.into()),
    }))
}
