//! `GET /api/v1/models`.

use axiomcore::http::{Json, Problem, Query};
use axiomcore::identity::Allowed;
use axum::extract::State;

use super::view::ModelSummary;
use crate::server::Platform;
use crate::server::page::{Listing, Page};
use crate::server::permissions::ReadModels;

/// List models
///
/// The latest version of each, by name.
#[utoipa::path(
    get,
    path = "/api/v1/models",
    params(Listing),
    responses((status = 200, description = "A page of models.", body = Page<ModelSummary>)),
)]
pub(crate) async fn list_models(
    caller: Allowed<ReadModels>,
    State(platform): State<Platform>,
    Query(Listing { limit, after }): Query<Listing>,
) -> Result<Json<Page<ModelSummary>>, Problem> {
    let found = platform.library.list(caller.workspace, after.unwrap_or_default(), limit.and_one_more()).await?;
    let models = found.iter().map(Into::into).collect();
    Ok(Json(Page::of(models, limit, |model: &ModelSummary| model.name.clone())))
}
