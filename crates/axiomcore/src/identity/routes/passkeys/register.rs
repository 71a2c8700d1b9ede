//! Registering a passkey.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::AttestationBody;
use super::manage::PasskeyView;
use super::options::CreationView;
use crate::failures;
use crate::http::{Json, Problem, StatusCode};
use crate::identity::codes::{
    FACTOR_CODE_WRONG, FACTOR_PROOF_REQUIRED, HASHING_BUSY, NAME_INVALID, PASSKEY_EXISTS, PASSKEY_INVALID,
    PASSKEYS_OFF, PASSWORD_WRONG, PEOPLE_ONLY, TOO_MANY_FAILURES, TOO_MANY_PASSKEYS,
};
use crate::identity::routes::proof::ProofBody;
use crate::identity::{Anybody, Identity, NewPasskey};

/// What the device has made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RegisterPasskey)]
pub struct RegisterBody {
    /// What to call it, such as the device that it is on.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What the browser gave (`credential.toJSON()`).
    credential: AttestationBody,
}

/// A passkey that has just been registered.
#[derive(Serialize, ToSchema)]
#[schema(as = NewPasskey)]
pub struct NewPasskeyView {
    #[serde(flatten)]
    passkey: PasskeyView,
    /// What lets somebody in who loses it, each once, if this is their first factor. They are told only now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<String>,
}

impl From<NewPasskey> for NewPasskeyView {
    fn from(NewPasskey { passkey, recovery_codes }: NewPasskey) -> Self {
        let recovery_codes = recovery_codes.iter().map(|code| code.expose().clone()).collect();
        Self { passkey: passkey.into(), recovery_codes }
    }
}

failures! {
    BeginFailures: PEOPLE_ONLY, PASSWORD_WRONG, FACTOR_PROOF_REQUIRED, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, PASSKEYS_OFF,
        TOO_MANY_PASSKEYS, HASHING_BUSY
}
failures! {
    RegisterFailures: PEOPLE_ONLY, PASSKEYS_OFF, PASSKEY_INVALID, PASSKEY_EXISTS, TOO_MANY_PASSKEYS, NAME_INVALID
}

/// Begin to register a passkey
///
/// Takes the password, and a factor of who has one. The answer is what a browser needs to have a device make a passkey.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/passkeys/options",
    request_body = ProofBody,
    responses((status = 200, description = "What the browser needs.", body = CreationView), BeginFailures),
)]
pub async fn begin_passkey(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(body): Json<ProofBody>,
) -> Result<Json<CreationView>, Problem> {
    let (password, proof) = body.shown()?;
    Ok(Json(identity.begin_passkey(&caller.0, password, proof).await?.into()))
}

/// Register a passkey
///
/// What the device has made for the options that were given in this session, within five minutes. If it is the first factor,
/// other sessions end, and the answer has ten recovery codes: write them down.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/passkeys",
    request_body = RegisterBody,
    responses((status = 201, description = "It is asked for from now on.", body = NewPasskeyView), RegisterFailures),
)]
pub async fn register_passkey(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(RegisterBody { name, credential }): Json<RegisterBody>,
) -> Result<(StatusCode, Json<NewPasskeyView>), Problem> {
    let made = identity.finish_passkey(&caller.0, &name, credential.into()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
