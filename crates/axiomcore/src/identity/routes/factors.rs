//! One's own second factor: enrolling, confirming, renewing recovery codes, removing; and resetting somebody else's.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ResetFactors;
use super::passkeys::AssertionBody;
use super::passwords::not_taken;
use super::proof::{ProofBody, needed, proof_of};
use crate::audit::Refusal;
use crate::config::Secret;
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    FACTOR_CODE_WRONG, FACTOR_EXISTS, FACTOR_MISSING, FACTOR_PROOF_REQUIRED, GRANTS_TOO_MUCH, HASHING_BUSY,
    OUTLIVES_MAKER, PASSWORD_WRONG, PEOPLE_ONLY, TOO_MANY_FAILURES, USER_NOT_FOUND,
};
use crate::identity::factors::picture_of;
use crate::identity::{Allowed, Anybody, FactorError, FactorStatus, Identity, NewFactor};

/// Whether the caller has a second factor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FactorStatus)]
pub struct StatusView {
    /// Since when there is an app; not there if there is none.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// How many passkeys there are.
    passkeys: usize,
    /// How many recovery codes nobody has used.
    recovery_codes_left: usize,
    /// Whether the caller's roles ask for a factor.
    required: bool,
}

impl From<FactorStatus> for StatusView {
    fn from(status: FactorStatus) -> Self {
        let FactorStatus { since, recovery_codes_left, passkeys, is_required: required } = status;
        Self { since: since.map(|at| at.to_string()), recovery_codes_left, passkeys, required }
    }
}

/// The caller's password, and a passkey or a recovery code of who has passkeys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnrolFactor)]
pub struct EnrolBody {
    #[schema(max_length = 1024)]
    password: String,
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
    passkey: Option<AssertionBody>,
}

/// A factor that waits to be confirmed.
#[derive(Serialize, ToSchema)]
#[schema(as = NewFactor)]
pub struct NewFactorView {
    /// What to type into an authenticator app. It is told only now.
    secret: String,
    /// The same for an app to read from a picture (QR code).
    uri: String,
    /// That picture, row by row from above: `#` where it is dark, `.` where it is light. Four light ones belong around it.
    picture: Vec<String>,
    /// Until when it can be confirmed.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<NewFactor> for NewFactorView {
    fn from(NewFactor { secret, uri, expires_at }: NewFactor) -> Self {
        let [secret, uri] = [secret, uri].map(|text| text.expose().clone());
        let picture = picture_of(&uri);
        Self { secret, uri, picture, expires_at: expires_at.to_string() }
    }
}

/// What the app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FactorCode)]
pub struct CodeBody {
    #[schema(max_length = 64)]
    code: String,
}

/// What the app shows, or a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RenewRecoveryCodes)]
pub struct RenewBody {
    #[schema(max_length = 64)]
    code: Option<String>,
    passkey: Option<AssertionBody>,
}

/// What lets somebody in who has lost what makes their codes, each once. They are told only now.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub struct RecoveryCodesView {
    recovery_codes: Vec<String>,
}

/// An app that is asked for from now on.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfirmedFactor)]
pub struct ConfirmedView {
    /// What lets somebody in who loses it, each once, if this is their first factor. They are told only now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<String>,
}

impl From<Vec<Secret<String>>> for ConfirmedView {
    fn from(codes: Vec<Secret<String>>) -> Self {
        Self { recovery_codes: RecoveryCodesView::from(codes).recovery_codes }
    }
}

impl From<Vec<Secret<String>>> for RecoveryCodesView {
    fn from(codes: Vec<Secret<String>>) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose().clone()).collect() }
    }
}

failures! { ReadFailures: PEOPLE_ONLY }
failures! {
    BeginFailures: PEOPLE_ONLY, PASSWORD_WRONG, FACTOR_PROOF_REQUIRED, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, FACTOR_EXISTS,
        HASHING_BUSY
}
failures! { ConfirmFailures: PEOPLE_ONLY, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, FACTOR_MISSING }
failures! { RenewFailures: PEOPLE_ONLY, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, FACTOR_MISSING }
failures! { RemoveFailures: PEOPLE_ONLY, PASSWORD_WRONG, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, FACTOR_MISSING, HASHING_BUSY }
failures! { ResetFailures: GRANTS_TOO_MUCH, OUTLIVES_MAKER, USER_NOT_FOUND }

/// Whether one has a second factor
#[utoipa::path(get, tag = "factors", path = "/api/v1/factors", responses((status = 200, description = "Whether.", body = StatusView), ReadFailures))]
pub async fn get_factors(caller: Anybody, State(identity): State<Identity>) -> Result<Json<StatusView>, Problem> {
    Ok(Json(identity.factor_status(&caller.0).await?.into()))
}

/// Begin to enrol an authenticator app
///
/// It is asked for only after a code has confirmed that the secret arrived in the app. A secret that waits is replaced.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/app",
    request_body = EnrolBody,
    responses((status = 200, description = "The secret.", body = NewFactorView), BeginFailures),
)]
pub async fn enrol_factor(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(EnrolBody { password, recovery_code, passkey }): Json<EnrolBody>,
) -> Result<Json<NewFactorView>, Problem> {
    let proof = proof_of(None, recovery_code, passkey)?;
    Ok(Json(identity.begin_factor(&caller.0, Secret::new(password), proof).await?.into()))
}

/// Confirm the app
///
/// From now on a code is asked for at every sign-in. Other sessions end. If it is the first factor the answer has ten recovery
/// codes: write them down; who has passkeys keeps those of before. After five wrong codes the secret is forgotten, and one
/// begins anew; so it is with a new password, with another factor, and when all sessions end.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/app/confirm",
    request_body = CodeBody,
    responses((status = 200, description = "It is asked for from now on.", body = ConfirmedView), ConfirmFailures),
)]
pub async fn confirm_factor(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(CodeBody { code }): Json<CodeBody>,
) -> Result<Json<ConfirmedView>, Problem> {
    Ok(Json(identity.confirm_factor(&caller.0, Secret::new(code)).await?.into()))
}

/// Remove one's app
///
/// Takes the password and a factor: a session is not enough.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/app/remove",
    request_body = ProofBody,
    responses((status = 204, description = "It is gone, and with the last factor the recovery codes."), RemoveFailures),
)]
pub async fn remove_factor(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(body): Json<ProofBody>,
) -> Result<StatusCode, Problem> {
    let (password, proof) = body.whole()?;
    let mend = "You have no app; one that was begun and not confirmed counts as none. There is nothing to remove.";
    identity.remove_factor(&caller.0, password, proof).await.map_err(|error| without(error, mend))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get new recovery codes
///
/// In place of all of before. Takes a code of the app, or a passkey.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/recovery-codes",
    request_body = RenewBody,
    responses((status = 200, description = "The new ones.", body = RecoveryCodesView), RenewFailures),
)]
pub async fn renew_recovery_codes(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(RenewBody { code, passkey }): Json<RenewBody>,
) -> Result<Json<RecoveryCodesView>, Problem> {
    let proof = needed(proof_of(code, None, passkey)?)?;
    let mend = "Add an authenticator app or a passkey first: recovery codes come with it, and stand in for it.";
    let renewed = identity.renew_recovery_codes(&caller.0, proof).await.map_err(|error| without(error, mend))?;
    Ok(Json(renewed.into()))
}

/// Remove somebody else's factor
///
/// For who has lost both their app and their recovery codes, and may no more than the caller. Their sessions end and their
/// devices are forgotten; their password goes on. A key that expires does not do it: whose factor it took away would go
/// without one when it has ended.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/users/{id}/factors/reset",
    params(("id" = String, Path, description = "The user's id.")),
    responses((status = 204, description = "They have none."), ResetFailures),
)]
pub async fn reset_factors(
    caller: Allowed<ResetFactors>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    identity.reset_factor(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same as a problem, with this to do about it where there is no such factor: what that means depends on what was asked.
fn without(error: FactorError, mend: &'static str) -> Problem {
    match error {
        FactorError::Missing => Problem::new(&FACTOR_MISSING).mend(mend),
        other => other.into(),
    }
}

impl From<FactorError> for Problem {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Program => Self::new(&PEOPLE_ONLY),
            FactorError::Exists => Self::new(&FACTOR_EXISTS),
            FactorError::Missing => Self::new(&FACTOR_MISSING),
            FactorError::ProofNeeded => Self::new(&FACTOR_PROOF_REQUIRED),
            FactorError::Wrong => Self::new(&FACTOR_CODE_WRONG).counted_as(Refusal::SecondFactor),
            FactorError::Password(error) => not_taken(error, "/password"),
            FactorError::Blocked(blocked) => Self::new(&TOO_MANY_FAILURES).retry_after(blocked.wait),
            FactorError::Entropy(error) => Self::internal(error),
            FactorError::Sealing(error) => Self::internal(error),
            FactorError::Lapsed(lapsed) => lapsed.into(),
            FactorError::Store(error) => error.into(),
        }
    }
}
