//! `GET /api/v1/models/{name}/versions` and `…/versions/{version}`.

use axiomcore::http::{Json, Path, Problem, Query};
use axiomcore::identity::Allowed;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::read::view;
use super::view::{ModelSummary, ModelView};
use crate::models::ModelName;
use crate::server::Platform;
use crate::server::codes::MODEL_NOT_FOUND;
use crate::server::openapi::failures;
use crate::server::page::{Listing, Page};
use crate::server::permissions::ReadModels;

failures! { Failures: MODEL_NOT_FOUND }

/// A version of a model, with the document that it was made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelVersion {
    #[serde(flatten)]
    model: ModelView,
    /// How the document is written: `yaml` or `json`.
    #[schema(pattern = "^(yaml|json)$")]
    format: &'static str,
    /// The document, as it was given.
    document: String,
}

/// A version's number; they count from 1.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
pub(crate) struct Number(pub(super) i64);

impl TryFrom<u32> for Number {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, &'static str> {
        if number == 0 { Err("versions count from 1") } else { Ok(Self(number.into())) }
    }
}

/// List the versions of a model
///
/// The oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/models/{name}/versions",
    params(
        ModelName,
        Listing,
    ),
    responses((status = 200, description = "A page of versions.", body = Page<ModelSummary>), Failures),
)]
pub(crate) async fn list_model_versions(
    caller: Allowed<ReadModels>,
    State(platform): State<Platform>,
    Path(name): Path<ModelName>,
    Query(Listing { limit, after }): Query<Listing>,
) -> Result<Json<Page<ModelSummary>>, Problem> {
    let found = platform.library.versions(caller.workspace, name.as_str()).await?;
    if found.is_empty() {
        return Err(Problem::new(&MODEL_NOT_FOUND));
    }
    // A cursor that is no number was never given out; nothing comes after it.
    let after = after.map_or(0, |after| after.parse().unwrap_or(i64::MAX));
    let rest = found.iter().filter(|version| version.version > after).take(limit.and_one_more());
    let versions = rest.map(Into::into).collect();
    Ok(Json(Page::of(versions, limit, |version: &ModelSummary| version.version.to_string())))
}

/// Get a version of a model
///
/// With its document, as it was given.
#[utoipa::path(
    get,
    path = "/api/v1/models/{name}/versions/{version}",
    params(
        ModelName,
        ("version" = u32, Path, description = "Which version.", minimum = 1),
    ),
    responses((status = 200, description = "The version.", body = ModelVersion), Failures),
)]
pub(crate) async fn get_model_version(
    caller: Allowed<ReadModels>,
    State(platform): State<Platform>,
    Path((name, Number(number))): Path<(ModelName, Number)>,
) -> Result<Json<ModelVersion>, Problem> {
    let found = platform.library.find(caller.workspace, name.as_str(), Some(number)).await?;
    let version = found.ok_or_else(|| Problem::new(&MODEL_NOT_FOUND))?;
    let (model, version) = view(&platform, caller.workspace, version).await?;
    Ok(Json(ModelVersion { model, format: version.format, document: version.document }))
}
