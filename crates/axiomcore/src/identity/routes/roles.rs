//! Roles: those that every workspace has, and those that a workspace makes.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ReadUsers, WriteRoles};
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    GRANTS_TOO_MUCH, OUTLIVES_MAKER, PERMISSION_UNKNOWN, ROLE_EXISTS, ROLE_INVALID, ROLE_NOT_FOUND,
};
use crate::identity::{Allowed, CustomRole, Identity, NewRole, Permissions, Role, RoleError};

/// A name for a set of permissions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub struct RoleView {
    name: String,
    /// Whom it is for.
    meaning: String,
    /// Names of permissions; `*` is all of them, those of later versions included.
    permissions: Vec<String>,
    /// Whether every workspace has it; then it cannot be changed.
    built_in: bool,
    /// Whether who has it needs a second factor to sign in.
    factor_required: bool,
}

/// All roles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Roles)]
pub struct RoleList {
    items: Vec<RoleView>,
}

/// What a new role is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRole)]
pub struct NewRoleBody {
    #[schema(pattern = "^[a-z][a-z0-9_-]{0,59}$")]
    name: String,
    /// Whom it is for.
    #[schema(min_length = 1, max_length = 200)]
    meaning: String,
    /// Names of permissions, all of which you have. Everything is for administrators only.
    #[schema(max_items = 100)]
    permissions: Vec<String>,
    /// Whether who has it needs a second factor to sign in.
    #[serde(default)]
    factor_required: bool,
}

/// What a role is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleContent)]
pub struct RoleBody {
    /// Whom it is for.
    #[schema(min_length = 1, max_length = 200)]
    meaning: String,
    /// Names of permissions, all of which you have. Everything is for administrators only.
    #[schema(max_items = 100)]
    permissions: Vec<String>,
    /// Whether who has it needs a second factor to sign in.
    #[serde(default)]
    factor_required: bool,
}

failures! { CreateFailures: GRANTS_TOO_MUCH, PERMISSION_UNKNOWN, ROLE_EXISTS, ROLE_INVALID }
failures! { UpdateFailures: GRANTS_TOO_MUCH, OUTLIVES_MAKER, PERMISSION_UNKNOWN, ROLE_INVALID, ROLE_NOT_FOUND }
failures! { DeleteFailures: GRANTS_TOO_MUCH, OUTLIVES_MAKER, ROLE_NOT_FOUND }

/// List roles
///
/// Those that every workspace has, then those of this one.
#[utoipa::path(get, tag = "roles", path = "/api/v1/roles", responses((status = 200, description = "The roles.", body = RoleList)))]
pub async fn list_roles(
    caller: Allowed<ReadUsers>,
    State(identity): State<Identity>,
) -> Result<Json<RoleList>, Problem> {
    let own = identity.list_roles(&caller).await?;
    let items = identity.built_in_roles().iter().map(RoleView::from).chain(own.into_iter().map(RoleView::from));
    Ok(Json(RoleList { items: items.collect() }))
}

/// Make a role
#[utoipa::path(
    post,
    tag = "roles",
    path = "/api/v1/roles",
    request_body = NewRoleBody,
    responses((status = 201, description = "The role.", body = RoleView), CreateFailures),
)]
pub async fn create_role(
    caller: Allowed<WriteRoles>,
    State(identity): State<Identity>,
    Json(NewRoleBody { name, meaning, permissions, factor_required }): Json<NewRoleBody>,
) -> Result<(StatusCode, Json<RoleView>), Problem> {
    let content = RoleBody { meaning, permissions, factor_required };
    let role = identity.create_role(&caller, content.into_role(name)).await?;
    Ok((StatusCode::CREATED, Json(role.into())))
}

/// Change a role
///
/// Whoever has it may what it says from now on, at once.
#[utoipa::path(
    put,
    tag = "roles",
    path = "/api/v1/roles/{name}",
    params(("name" = String, Path, description = "The role's name.")),
    request_body = RoleBody,
    responses((status = 200, description = "The role.", body = RoleView), UpdateFailures),
)]
pub async fn update_role(
    caller: Allowed<WriteRoles>,
    State(identity): State<Identity>,
    Path(name): Path<String>,
    Json(content): Json<RoleBody>,
) -> Result<Json<RoleView>, Problem> {
    Ok(Json(identity.update_role(&caller, content.into_role(name)).await?.into()))
}

/// Delete a role
///
/// Whoever has it loses it at once.
#[utoipa::path(
    delete,
    tag = "roles",
    path = "/api/v1/roles/{name}",
    params(("name" = String, Path, description = "The role's name.")),
    responses((status = 204, description = "It is gone."), DeleteFailures),
)]
pub async fn delete_role(
    caller: Allowed<WriteRoles>,
    State(identity): State<Identity>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    identity.delete_role(&caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl RoleBody {
    fn into_role(self, name: String) -> NewRole {
        let Self { meaning, permissions, factor_required } = self;
        NewRole { name, meaning, permissions: Permissions::named(permissions), factor_required }
    }
}

impl From<&Role> for RoleView {
    fn from(role: &Role) -> Self {
        Self {
            name: role.name.to_owned(),
            meaning: role.meaning.to_owned(),
            permissions: role.permissions().names().into_iter().map(str::to_owned).collect(),
            built_in: true,
            factor_required: false,
        }
    }
}

impl From<CustomRole> for RoleView {
    fn from(role: CustomRole) -> Self {
        let permissions = role.permissions.names().into_iter().map(str::to_owned).collect();
        let CustomRole { name, meaning, factor_required, .. } = role;
        Self { name, meaning, permissions, built_in: false, factor_required }
    }
}

impl From<RoleError> for Problem {
    fn from(error: RoleError) -> Self {
        let detail = error.to_string();
        match error {
            RoleError::NotFound => Self::new(&ROLE_NOT_FOUND),
            RoleError::Taken => Self::new(&ROLE_EXISTS).pointer("/name"),
            RoleError::Name => Self::new(&ROLE_INVALID).detail(detail).pointer("/name"),
            RoleError::Meaning => Self::new(&ROLE_INVALID).detail(detail).pointer("/meaning"),
            RoleError::Permission(_) => Self::new(&PERMISSION_UNKNOWN).detail(detail).pointer("/permissions"),
            RoleError::Outlives => Self::new(&OUTLIVES_MAKER).detail(detail).pointer("/permissions"),
            RoleError::Loosens => Self::new(&OUTLIVES_MAKER).detail(detail).pointer("/factor_required"),
            RoleError::TooMuch => Self::new(&GRANTS_TOO_MUCH).detail(detail).pointer("/permissions"),
            RoleError::Lapsed(lapsed) => lapsed.into(),
            RoleError::Store(error) => error.into(),
        }
    }
}
