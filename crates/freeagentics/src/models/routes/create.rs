//! `POST /api/v1/models`.

use axiomcore::http::{Json, Problem, Query, StatusCode};
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::body::DocumentBody;
use super::checking::{Wrong, check};
use super::view::ModelView;
use crate::models::library::{Created, Rejected};
use crate::server::Platform;
use crate::server::codes::{MODEL_INVALID, MODEL_TEST_FAILED, MODEL_TESTS_TOO_LONG};
use crate::server::openapi::failures;
use crate::server::permissions::WriteModels;

/// A document that is sound.
const EXAMPLE: &str = include_str!("../../../../../models/tiger.yaml");

failures! { Failures: MODEL_INVALID, MODEL_TEST_FAILED, MODEL_TESTS_TOO_LONG }

/// How a model is stored.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Options {
    /// Check everything, store nothing.
    #[serde(default)]
    dry_run: bool,
    /// Whether its tests have to pass.
    #[serde(default = "yes")]
    #[param(default = true)]
    run_tests: bool,
}

fn yes() -> bool {
    true
}

/// Store a model
///
/// The document becomes the next version of its name, unless the same model with the same options is there under this
/// name: then that version is answered. Everything that is wrong with the document is told at once.
#[utoipa::path(
    post,
    path = "/api/v1/models",
    params(Options),
    request_body(content(
        (String = "application/yaml", example = json!(EXAMPLE)),
        (ref("#/components/schemas/ModelDocument") = "application/json"),
    )),
    responses(
        (status = 201, description = "A new version.", body = ModelView,
         headers(("Location" = String, description = "The version's address.")),
         links(
            ("latest" = (operation_id = "get_model", parameters(("name" = "$response.body#/name")))),
            ("versions" = (operation_id = "list_model_versions", parameters(("name" = "$response.body#/name")))),
            ("version" = (operation_id = "get_model_version",
             parameters(("name" = "$response.body#/name"), ("version" = "$response.body#/version")))),
            ("changes" = (operation_id = "diff_model_versions",
             parameters(("name" = "$response.body#/name"), ("from" = "$response.body#/version"), ("to" = "$response.body#/version")))),
         )),
        (status = 200, description = "The version that is there already, or what would have been stored.", body = ModelView),
        Failures,
    ),
)]
pub(crate) async fn create_model(
    caller: Allowed<WriteModels>,
    State(platform): State<Platform>,
    Query(options): Query<Options>,
    body: DocumentBody,
) -> Result<Response, Problem> {
    let checked = check(&platform, caller.workspace, body, options.run_tests).await??;
    if options.dry_run {
        return Ok(Json(ModelView::from(&checked)).into_response());
    }
    let (library, principal) = (platform.library.clone(), caller.principal());
    let stored = platform.compute(principal.workspace, move || {
        let Created { version, compiled, is_new } = library.create_blocking(&principal, checked)?;
        let path = format!("/api/v1/models/{}/versions/{}", version.name, version.version);
        Ok::<_, Rejected>((ModelView::of(&version, &compiled), is_new.then_some(path)))
    });
    let (model, new_at) = stored.await?.map_err(|rejected| Problem::from(Wrong::from(rejected)))?;
    Ok(match new_at {
        None => Json(model).into_response(),
        Some(path) => {
            let location = HeaderValue::try_from(path).map_err(Problem::internal)?;
            (StatusCode::CREATED, [(LOCATION, location)], Json(model)).into_response()
        }
    })
}
