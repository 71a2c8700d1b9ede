//! Service accounts and their keys.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::keys::{CreatedKeyView, NewKeyBody};
use super::{ReadServices, WriteServices};
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    GRANTS_TOO_MUCH, KEY_NAME, LAST_ADMINISTRATOR, NAME_INVALID, OUTLIVES_MAKER, OWNER_INVALID, PERMISSION_UNKNOWN,
    ROLE_UNKNOWN, SERVICE_NOT_FOUND,
};
use crate::identity::{Allowed, Identity, NewService, Service, ServiceError};

/// A program with a name and roles of its own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceAccount)]
pub struct ServiceView {
    /// Recorded with everything it does.
    id: String,
    name: String,
    /// Names of roles.
    roles: Vec<String>,
    /// The id of the user who is asked about it.
    owner: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    created_by: String,
}

/// All service accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceAccounts)]
pub struct ServiceList {
    items: Vec<ServiceView>,
}

/// What a service account is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewServiceAccount)]
pub struct ServiceBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Names of roles, which may no more than you.
    #[schema(max_items = 20)]
    roles: Vec<String>,
    /// The id of the user who is asked about it. Without it yours, or the one of before.
    #[schema(max_length = 100)]
    owner: Option<String>,
}

failures! { ReadFailures: SERVICE_NOT_FOUND }
failures! { CreateFailures: GRANTS_TOO_MUCH, NAME_INVALID, OWNER_INVALID, ROLE_UNKNOWN }
failures! { UpdateFailures:
GRANTS_TOO_MUCH, LAST_ADMINISTRATOR, NAME_INVALID, OUTLIVES_MAKER, OWNER_INVALID, ROLE_UNKNOWN, SERVICE_NOT_FOUND }
failures! { DeleteFailures: GRANTS_TOO_MUCH, LAST_ADMINISTRATOR, SERVICE_NOT_FOUND }
failures! { KeyFailures: GRANTS_TOO_MUCH, KEY_NAME, OUTLIVES_MAKER, PERMISSION_UNKNOWN, SERVICE_NOT_FOUND }

/// List service accounts
#[utoipa::path(
    get,
    tag = "services",
    path = "/api/v1/services",
    responses((status = 200, description = "The service accounts.", body = ServiceList)),
)]
pub async fn list_services(
    caller: Allowed<ReadServices>,
    State(identity): State<Identity>,
) -> Result<Json<ServiceList>, Problem> {
    let found = identity.list_services(&caller).await?;
    Ok(Json(ServiceList { items: found.into_iter().map(Into::into).collect() }))
}

/// Make a service account
///
/// It has no key yet.
#[utoipa::path(
    post,
    tag = "services",
    path = "/api/v1/services",
    request_body = ServiceBody,
    responses((status = 201, description = "The service account.", body = ServiceView), CreateFailures),
)]
pub async fn create_service(
    caller: Allowed<WriteServices>,
    State(identity): State<Identity>,
    Json(body): Json<ServiceBody>,
) -> Result<(StatusCode, Json<ServiceView>), Problem> {
    let service = identity.create_service(&caller, body.into()).await?;
    Ok((StatusCode::CREATED, Json(service.into())))
}

/// Get a service account
#[utoipa::path(
    get,
    tag = "services",
    path = "/api/v1/services/{id}",
    params(("id" = String, Path, description = "The service account's id.")),
    responses((status = 200, description = "The service account.", body = ServiceView), ReadFailures),
)]
pub async fn get_service(
    caller: Allowed<ReadServices>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<Json<ServiceView>, Problem> {
    let found = identity.find_service(&caller, &id).await?;
    found.map(|service| Json(service.into())).ok_or_else(|| Problem::new(&SERVICE_NOT_FOUND))
}

/// Change a service account
///
/// Its keys may at once what its roles say.
#[utoipa::path(
    put,
    tag = "services",
    path = "/api/v1/services/{id}",
    params(("id" = String, Path, description = "The service account's id.")),
    request_body = ServiceBody,
    responses((status = 200, description = "The service account.", body = ServiceView), UpdateFailures),
)]
pub async fn update_service(
    caller: Allowed<WriteServices>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
    Json(body): Json<ServiceBody>,
) -> Result<Json<ServiceView>, Problem> {
    Ok(Json(identity.update_service(&caller, &id, body.into()).await?.into()))
}

/// Delete a service account
///
/// Its keys stop working at once.
#[utoipa::path(
    delete,
    tag = "services",
    path = "/api/v1/services/{id}",
    params(("id" = String, Path, description = "The service account's id.")),
    responses((status = 204, description = "It is gone."), DeleteFailures),
)]
pub async fn delete_service(
    caller: Allowed<WriteServices>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    identity.delete_service(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a key of a service account
///
/// It may what it is made for, as far as the account's roles go at the moment. Its text is in this answer and nowhere else;
/// it is listed and revoked among all keys.
#[utoipa::path(
    post,
    tag = "services",
    path = "/api/v1/services/{id}/keys",
    params(("id" = String, Path, description = "The service account's id.")),
    request_body = NewKeyBody,
    responses((status = 201, description = "The key.", body = CreatedKeyView), KeyFailures),
)]
pub async fn create_service_key(
    caller: Allowed<WriteServices>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
    Json(body): Json<NewKeyBody>,
) -> Result<(StatusCode, Json<CreatedKeyView>), Problem> {
    let created = identity.create_service_key(&caller, &id, body.into_key(&identity)?).await?;
    Ok((StatusCode::CREATED, Json(created.into())))
}

impl From<ServiceBody> for NewService {
    fn from(ServiceBody { name, roles, owner }: ServiceBody) -> Self {
        Self { name, roles, owner }
    }
}

impl From<Service> for ServiceView {
    fn from(service: Service) -> Self {
        let Service { id, name, roles, owner, created_at, created_by } = service;
        Self { id, name, roles, owner, created_at: created_at.to_string(), created_by }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let detail = error.to_string();
        match error {
            ServiceError::NotFound => Self::new(&SERVICE_NOT_FOUND),
            ServiceError::Name => Self::new(&NAME_INVALID).pointer("/name"),
            ServiceError::Role(_) => Self::new(&ROLE_UNKNOWN).detail(detail).pointer("/roles"),
            ServiceError::Owner => Self::new(&OWNER_INVALID).pointer("/owner"),
            ServiceError::Outlives => Self::new(&OUTLIVES_MAKER).detail(detail).pointer("/roles"),
            ServiceError::TooMuch => Self::new(&GRANTS_TOO_MUCH).detail(detail),
            ServiceError::Last => Self::new(&LAST_ADMINISTRATOR),
            ServiceError::Entropy(error) => Self::internal(error),
            ServiceError::Lapsed(lapsed) => lapsed.into(),
            ServiceError::Store(error) => error.into(),
        }
    }
}
