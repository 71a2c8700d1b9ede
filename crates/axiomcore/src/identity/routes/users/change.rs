//! Changing what people may, disabling and deleting them.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::WriteUsers;
use super::UserView;
use crate::failures;
use crate::http::{Json, Path, Problem, Query, StatusCode};
use crate::identity::codes::{
    GRANTS_TOO_MUCH, HEIR_INVALID, LAST_ADMINISTRATOR, OUTLIVES_MAKER, OWNS_SERVICES, ROLE_UNKNOWN, USER_NOT_FOUND,
};
use crate::identity::{Allowed, Identity};

/// What somebody is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserRoles)]
pub struct RolesBody {
    /// Names of roles, in place of those of before.
    #[schema(max_items = 20)]
    roles: Vec<String>,
}

/// What becomes of what somebody leaves.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Leaving {
    /// The id of the user who gets the service accounts that they are asked about.
    #[param(max_length = 100)]
    reassign_to: Option<String>,
}

failures! { EnableFailures: GRANTS_TOO_MUCH, LAST_ADMINISTRATOR, OUTLIVES_MAKER, USER_NOT_FOUND }
failures! { ChangeFailures: GRANTS_TOO_MUCH, LAST_ADMINISTRATOR, USER_NOT_FOUND }
failures! { RolesFailures: GRANTS_TOO_MUCH, LAST_ADMINISTRATOR, OUTLIVES_MAKER, ROLE_UNKNOWN, USER_NOT_FOUND }
failures! { DeleteFailures: GRANTS_TOO_MUCH, HEIR_INVALID, LAST_ADMINISTRATOR, OWNS_SERVICES, USER_NOT_FOUND }

/// Give somebody other roles
///
/// Neither what they may now nor what they get may be more than you may. It takes effect at once.
#[utoipa::path(
    put,
    tag = "users",
    path = "/api/v1/users/{id}/roles",
    params(("id" = String, Path, description = "The user's id.")),
    request_body = RolesBody,
    responses((status = 200, description = "Who they are now.", body = UserView), RolesFailures),
)]
pub async fn change_user_roles(
    caller: Allowed<WriteUsers>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
    Json(RolesBody { roles }): Json<RolesBody>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(identity.set_roles(&caller, &id, roles).await?.into()))
}

/// Disable somebody
///
/// They sign in no more, their sessions end, and their API keys do nothing until they are enabled again.
#[utoipa::path(
    post,
    tag = "users",
    path = "/api/v1/users/{id}/disable",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 200, description = "Who they are now.", body = UserView), ChangeFailures),
)]
pub async fn disable_user(
    caller: Allowed<WriteUsers>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(identity.set_disabled(&caller, &id, true).await?.into()))
}

/// Enable somebody again
#[utoipa::path(
    post,
    tag = "users",
    path = "/api/v1/users/{id}/enable",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 200, description = "Who they are now.", body = UserView), EnableFailures),
)]
pub async fn enable_user(
    caller: Allowed<WriteUsers>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(identity.set_disabled(&caller, &id, false).await?.into()))
}

/// Delete somebody
///
/// Their sessions end and their API keys are revoked. Service accounts stay, and belong to somebody else from then on. What
/// they did goes on naming them.
#[utoipa::path(
    delete,
    tag = "users",
    path = "/api/v1/users/{id}",
    params(("id" = String, Path, description = "The user's id."), Leaving),
    responses((status = 204, description = "They are gone."), DeleteFailures),
)]
pub async fn delete_user(
    caller: Allowed<WriteUsers>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
    Query(Leaving { reassign_to }): Query<Leaving>,
) -> Result<StatusCode, Problem> {
    identity.delete_user(&caller, &id, reassign_to).await?;
    Ok(StatusCode::NO_CONTENT)
}
