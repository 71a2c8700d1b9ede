//! Access tokens: new ones for refresh tokens, the keys that they are verified by, and new keys.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::WriteSigningKeys;
use super::sign_in::told;
use crate::config::Secret;
use crate::failures;
use crate::http::codes::{STORAGE_FULL, UNAVAILABLE};
use crate::http::{Json, Open, Problem};
use crate::identity::codes::{FORBIDDEN, REFRESH_REFUSED};
use crate::identity::tokens::{Jwk, KEPT};
use crate::identity::{AccessToken, Allowed, DEFAULT_WORKSPACE, Identity, RefreshError, TokenError};

/// What somebody is recognised by, and gets new tokens with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tokens)]
pub struct TokensView {
    /// What stands in `Authorization: Bearer`.
    access_token: String,
    #[schema(pattern = "^Bearer$")]
    token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(minimum = 0, maximum = 3600)]
    expires_in: u64,
    /// What `POST /api/v1/token/refresh` gives new tokens for, once.
    refresh_token: String,
}

impl TokensView {
    pub(super) fn new(token: &AccessToken, refresh: &Secret<String>) -> Self {
        Self {
            access_token: token.text.expose().clone(),
            token_type: "Bearer",
            expires_in: token.expires_at.since(token.issued_at).as_secs(),
            refresh_token: refresh.expose().clone(),
        }
    }
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Refresh)]
pub struct RefreshBody {
    #[schema(max_length = 1024)]
    refresh_token: String,
}

failures! { RefreshFailures: REFRESH_REFUSED, UNAVAILABLE, STORAGE_FULL }

/// New tokens for a refresh token
///
/// The refresh token is worth nothing afterwards; the answer has the next one. Whoever shows one a second time ends the
/// session, so that a stolen one is of no use for long; of two requests with the same one only the first is answered.
#[utoipa::path(
    post,
    tag = "sessions",
    path = "/api/v1/token/refresh",
    request_body = RefreshBody,
    responses((status = 200, description = "New tokens.", body = TokensView), RefreshFailures),
)]
pub async fn refresh_tokens(
    _: Open,
    State(identity): State<Identity>,
    Json(RefreshBody { refresh_token }): Json<RefreshBody>,
) -> Result<Json<TokensView>, Problem> {
    let refreshed = identity.refresh(&refresh_token).await?;
    Ok(Json(TokensView::new(&refreshed.token, &refreshed.text)))
}

/// The public keys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicKeys)]
pub struct JwksView {
    keys: Vec<Jwk>,
}

failures! { KeysFailures: UNAVAILABLE }

/// The keys that access tokens are verified by
///
/// A JSON Web Key Set (RFC 7517). New keys are in it ten minutes before they sign, old ones until their last token has
/// expired. It is empty before anybody has signed in.
#[utoipa::path(
    get,
    tag = "sessions",
    path = "/.well-known/jwks.json",
    responses((status = 200, description = "The keys.", body = JwksView), KeysFailures),
)]
pub async fn get_public_keys(
    _: Open,
    State(identity): State<Identity>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<JwksView>), Problem> {
    let keys = identity.published_keys().await?;
    // The first key signs at once: nobody may have kept that there is none.
    let kept = if keys.is_empty() { "no-store".into() } else { format!("public, max-age={}", KEPT.as_secs()) };
    let kept = HeaderValue::try_from(kept).map_err(Problem::internal)?;
    Ok(([(CACHE_CONTROL, kept)], Json(JwksView { keys })))
}

/// How the key is to be replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotateSigningKey)]
pub struct RotateBody {
    /// Whether tokens that older keys have signed are worth nothing from now on: for a key that has leaked. Sessions go on.
    #[serde(default)]
    at_once: bool,
}

/// A key that will sign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SigningKey)]
pub struct RotationView {
    /// Its name in the header of tokens.
    id: String,
    /// From when on it signs. Until then it is only published.
    #[schema(format = DateTime)]
    active_from: String,
}

failures! { RotateFailures: FORBIDDEN }

/// Replace the key that access tokens are signed with
///
/// Nobody is logged out: the new key is published for ten minutes before it signs, and the old one stays published until
/// its last token has expired. Only somebody of the first workspace may do it, for all workspaces have the same keys.
#[utoipa::path(
    post,
    tag = "keys",
    path = "/api/v1/signing-keys/rotate",
    request_body = RotateBody,
    responses((status = 200, description = "The new key.", body = RotationView), RotateFailures),
)]
pub async fn rotate_signing_key(
    caller: Allowed<WriteSigningKeys>,
    State(identity): State<Identity>,
    Json(RotateBody { at_once }): Json<RotateBody>,
) -> Result<Json<RotationView>, Problem> {
    if caller.workspace != DEFAULT_WORKSPACE {
        return Err(Problem::new(&FORBIDDEN).detail("all workspaces have the same signing keys; ask the first one"));
    }
    let rotation = identity.rotate_signing_key(&caller, at_once).await?;
    Ok(Json(RotationView { id: rotation.id, active_from: rotation.active_from.to_string() }))
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Refused => told(Self::new(&REFRESH_REFUSED)),
            RefreshError::Token(error) => error.into(),
            RefreshError::Entropy(error) => Self::internal(error),
            RefreshError::Store(error) => error.into(),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Lapsed(lapsed) => lapsed.into(),
            TokenError::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
