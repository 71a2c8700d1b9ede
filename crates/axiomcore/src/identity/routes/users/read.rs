//! Seeing people.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::ReadUsers;
use super::super::listing::Listing;
use super::UserView;
use crate::failures;
use crate::http::{Json, Path, Problem, Query};
use crate::identity::codes::USER_NOT_FOUND;
use crate::identity::{Allowed, Identity};

/// People, a page of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Users)]
pub struct UserList {
    items: Vec<UserView>,
    /// What to give as `after` to get the next page; null if this is the last one.
    next: Option<String>,
}

failures! { ReadFailures: USER_NOT_FOUND }

/// List people
///
/// Those of the workspace, the disabled ones too; with `email` whoever signs in with that address, if they are one of them.
#[utoipa::path(
    get,
    tag = "users",
    path = "/api/v1/users",
    params(Listing),
    responses((status = 200, description = "A page of people.", body = UserList)),
)]
pub async fn list_users(
    caller: Allowed<ReadUsers>,
    State(identity): State<Identity>,
    listing: Query<Listing>,
) -> Result<Json<UserList>, Problem> {
    if let Some(email) = listing.0.email() {
        let found = identity.find_user_by_email(&caller, email).await?;
        return Ok(Json(UserList { items: found.into_iter().map(Into::into).collect(), next: None }));
    }
    let (after, limit) = Listing::of(listing)?;
    let mut found = identity.list_users(&caller, &after, limit + 1).await?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next = found.last().filter(|_| !is_last).map(|user| user.id.clone());
    Ok(Json(UserList { items: found.into_iter().map(Into::into).collect(), next }))
}

/// Get somebody
#[utoipa::path(
    get,
    tag = "users",
    path = "/api/v1/users/{id}",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 200, description = "Who they are.", body = UserView), ReadFailures),
)]
pub async fn get_user(
    caller: Allowed<ReadUsers>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<Json<UserView>, Problem> {
    let found = identity.find_user(&caller, &id).await?;
    found.map(|user| Json(user.into())).ok_or_else(|| Problem::new(&USER_NOT_FOUND))
}
