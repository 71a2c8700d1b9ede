//! API keys: listing, making and revoking them.

use std::time::Duration;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ReadKeys, WriteKeys};
use crate::clock::Timestamp;
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    GRANTS_TOO_MUCH, KEY_NAME, KEY_NOT_FOUND, LAST_ADMINISTRATOR, OUTLIVES_MAKER, PERMISSION_UNKNOWN, SERVICE_NOT_FOUND,
};
use crate::identity::{Allowed, CreatedKey, Identity, Key, KeyError, NewKey, Permissions};

/// An API key, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct KeyView {
    /// Recorded with everything that is done with it.
    id: String,
    name: String,
    /// Names of permissions; `*` is all of them, those of later versions included.
    permissions: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    created_by: String,
    /// The user whose it is: it may no more than they may at the moment, and ends with them.
    owner: Option<String>,
    /// The service account that it opens.
    service: Option<String>,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// To about a minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<Key> for KeyView {
    fn from(key: Key) -> Self {
        let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let permissions = key.permissions.names().into_iter().map(str::to_owned).collect();
        Self {
            id: key.id,
            name: key.name,
            permissions,
            created_at: key.created_at.to_string(),
            created_by: key.created_by,
            owner: key.owner,
            service: key.service,
            expires_at: moment(key.expires_at),
            revoked_at: moment(key.revoked_at),
            last_used_at: moment(key.last_used_at),
        }
    }
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKeys)]
pub struct KeyList {
    items: Vec<KeyView>,
}

/// What a new key is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApiKey)]
pub struct NewKeyBody {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it may do, by the names of permissions; `["*"]` is all of them.
    #[schema(max_items = 100)]
    permissions: Vec<String>,
    /// After how many seconds it stops working; never without it.
    #[schema(minimum = 1, maximum = 315_576_000)]
    expires_in: Option<u32>,
}

/// A new key, with its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreatedApiKey)]
pub struct CreatedKeyView {
    /// What stands in `Authorization: Bearer`. It is told only now: nobody can read it again.
    key: String,
    #[serde(flatten)]
    about: KeyView,
}

/// The longest time that a key may be made for: ten years.
const LONGEST: u32 = 315_576_000;

failures! { CreateFailures: GRANTS_TOO_MUCH, KEY_NAME, OUTLIVES_MAKER, PERMISSION_UNKNOWN }
failures! { RevokeFailures: GRANTS_TOO_MUCH, KEY_NOT_FOUND, LAST_ADMINISTRATOR }

/// List API keys
///
/// Those of the workspace, the revoked ones too.
#[utoipa::path(get, tag = "keys", path = "/api/v1/keys", responses((status = 200, description = "The keys.", body = KeyList)))]
pub async fn list_keys(caller: Allowed<ReadKeys>, State(identity): State<Identity>) -> Result<Json<KeyList>, Problem> {
    let keys = identity.list_keys(&caller).await?;
    Ok(Json(KeyList { items: keys.into_iter().map(Into::into).collect() }))
}

/// Make an API key
///
/// It may no more than its maker. One that a person makes is theirs: it goes when they go. Its text is in this answer and
/// nowhere else.
#[utoipa::path(
    post,
    tag = "keys",
    path = "/api/v1/keys",
    request_body = NewKeyBody,
    responses((status = 201, description = "The key.", body = CreatedKeyView), CreateFailures),
)]
pub async fn create_key(
    caller: Allowed<WriteKeys>,
    State(identity): State<Identity>,
    Json(body): Json<NewKeyBody>,
) -> Result<(StatusCode, Json<CreatedKeyView>), Problem> {
    let created = identity.create_key(&caller, body.into_key(&identity)?).await?;
    Ok((StatusCode::CREATED, Json(created.into())))
}

impl NewKeyBody {
    pub(super) fn into_key(self, identity: &Identity) -> Result<NewKey, Problem> {
        let Self { name, permissions, expires_in } = self;
        let lasting = expires_in.map(|seconds| Duration::from_secs(seconds.into()));
        if expires_in.is_some_and(|seconds| !(1..=LONGEST).contains(&seconds)) {
            let told = Problem::new(&crate::http::codes::INVALID_BODY);
            return Err(told.detail(format!("from 1 to {LONGEST} seconds")).pointer("/expires_in"));
        }
        let expires_at = lasting.map(|lasting| identity.now().plus(lasting));
        Ok(NewKey { name, permissions: Permissions::named(permissions), expires_at })
    }
}

impl From<CreatedKey> for CreatedKeyView {
    fn from(created: CreatedKey) -> Self {
        Self { key: created.text.expose().clone(), about: created.key.into() }
    }
}

/// Revoke an API key
///
/// It stops working at once on this node, and within seconds on others. Its id stays in what was done with it. What was made
/// with it goes on working, so that a key can be replaced by another; `GET /api/v1/principals/{id}/made` tells what that is,
/// and `DELETE` ends it.
#[utoipa::path(
    delete,
    tag = "keys",
    path = "/api/v1/keys/{id}",
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 204, description = "It works no more."), RevokeFailures),
)]
pub async fn revoke_key(
    caller: Allowed<WriteKeys>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if identity.revoke_key(&caller, &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(&KEY_NOT_FOUND))
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::TooMuch => Self::new(&GRANTS_TOO_MUCH).pointer("/permissions"),
            KeyError::Name => Self::new(&KEY_NAME).pointer("/name"),
            KeyError::Permission(name) => Self::new(&PERMISSION_UNKNOWN)
                .detail(format!("there is no permission `{name}`"))
                .pointer("/permissions"),
            KeyError::Last => Self::new(&LAST_ADMINISTRATOR),
            KeyError::Service => Self::new(&SERVICE_NOT_FOUND),
            KeyError::Outlives => Self::new(&OUTLIVES_MAKER).pointer("/expires_in"),
            KeyError::Lapsed(lapsed) => lapsed.into(),
            KeyError::Store(error) => error.into(),
            KeyError::Entropy(error) => Self::internal(error),
        }
    }
}
