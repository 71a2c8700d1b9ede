//! Listing, showing and removing one's own passkeys.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::options::RequestView;
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    FACTOR_CODE_WRONG, FACTOR_MISSING, HASHING_BUSY, PASSKEY_NOT_FOUND, PASSKEYS_OFF, PASSWORD_WRONG, PEOPLE_ONLY,
    TOO_MANY_FAILURES,
};
use crate::identity::routes::proof::ProofBody;
use crate::identity::{Anybody, Identity, Passkey};

/// A passkey that is registered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub struct PasskeyView {
    id: String,
    /// What its user calls it.
    name: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last shown; not there if it never was.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// Whether it is on other devices of its user as well, as far as the device said when it was last used.
    synced: bool,
}

impl From<Passkey> for PasskeyView {
    fn from(Passkey { id, name, created_at, last_used_at, is_synced: synced }: Passkey) -> Self {
        let last_used_at = last_used_at.map(|at| at.to_string());
        Self { id, name, created_at: created_at.to_string(), last_used_at, synced }
    }
}

/// All of the caller's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkeys)]
pub struct PasskeyList {
    items: Vec<PasskeyView>,
}

failures! { ListFailures: PEOPLE_ONLY }
failures! { AskFailures: PEOPLE_ONLY, FACTOR_MISSING, PASSKEYS_OFF }
failures! {
    RemoveFailures: PEOPLE_ONLY, PASSWORD_WRONG, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, PASSKEY_NOT_FOUND, HASHING_BUSY
}

/// List one's passkeys
///
/// The oldest first.
#[utoipa::path(get, tag = "factors", path = "/api/v1/factors/passkeys", responses((status = 200, description = "The passkeys.", body = PasskeyList), ListFailures))]
pub async fn list_passkeys(caller: Anybody, State(identity): State<Identity>) -> Result<Json<PasskeyList>, Problem> {
    let listed = identity.list_passkeys(&caller.0).await?;
    Ok(Json(PasskeyList { items: listed.into_iter().map(Into::into).collect() }))
}

/// Be asked for a passkey once more
///
/// For who is in and has to show a factor, such as to remove one. The answer is what a browser needs to have a passkey shown;
/// what it gives then goes into `passkey` of the request that takes a factor, in the same session.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/passkeys/challenge",
    responses((status = 200, description = "What the browser needs.", body = RequestView), AskFailures),
)]
pub async fn ask_for_own_passkey(
    caller: Anybody,
    State(identity): State<Identity>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(identity.ask_for_own_passkey(&caller.0).await?.into()))
}

/// Remove a passkey
///
/// Takes the password and a factor, which may be the very one: a session is not enough. With the last factor the recovery codes
/// go.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/passkeys/{id}/remove",
    params(("id" = String, Path, description = "The passkey's id.")),
    request_body = ProofBody,
    responses((status = 204, description = "It is gone."), RemoveFailures),
)]
pub async fn remove_passkey(
    caller: Anybody,
    State(identity): State<Identity>,
    Path(id): Path<String>,
    Json(body): Json<ProofBody>,
) -> Result<StatusCode, Problem> {
    let (password, proof) = body.whole()?;
    identity.remove_passkey(&caller.0, &id, password, proof).await?;
    Ok(StatusCode::NO_CONTENT)
}
