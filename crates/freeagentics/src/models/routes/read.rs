//! `GET /api/v1/models/{name}`.

use axiomcore::http::{Json, Path, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::ModelView;
use crate::models::ModelName;
use crate::models::library::Version;
use crate::server::Platform;
use crate::server::codes::MODEL_NOT_FOUND;
use crate::server::openapi::failures;
use crate::server::permissions::ReadModels;

failures! { Failures: MODEL_NOT_FOUND }

/// The latest version of a model, and which ones there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LatestModel {
    #[serde(flatten)]
    model: ModelView,
    /// All versions, the oldest first.
    versions: Vec<i64>,
}

/// Get the latest version of a model
#[utoipa::path(
    get,
    path = "/api/v1/models/{name}",
    params(ModelName),
    responses((status = 200, description = "The latest version.", body = LatestModel), Failures),
)]
pub(crate) async fn get_model(
    caller: Allowed<ReadModels>,
    State(platform): State<Platform>,
    Path(name): Path<ModelName>,
) -> Result<Json<LatestModel>, Problem> {
    let found = platform.library.versions(caller.workspace, name.as_str()).await?;
    let versions = found.iter().map(|version| version.version).collect();
    let latest = found.into_iter().next_back();
    let latest = latest
        .ok_or_else(|| Problem::new(&MODEL_NOT_FOUND).detail(format!("there is no model `{}`", name.as_str())))?;
    let (model, _) = view(&platform, caller.workspace, latest).await?;
    Ok(Json(LatestModel { model, versions }))
}

/// A stored version as it is answered, and the version itself.
pub(super) async fn view(
    platform: &Platform,
    workspace: i64,
    version: Version,
) -> Result<(ModelView, Version), Problem> {
    let library = platform.library.clone();
    let seen = platform.compute(workspace, move || {
        library.compiled_blocking(workspace, version.key).map(|compiled| (ModelView::of(&version, &compiled), version))
    });
    Ok(seen.await??)
}
