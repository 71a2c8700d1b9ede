//! One's own second factor: enrolling, confirming, renewing recovery codes, removing; and resetting somebody else's.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ResetFactors;
use super::passwords::not_taken;
use crate::audit::Refusal;
use crate::config::Secret;
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    FACTOR_CODE_WRONG, FACTOR_EXISTS, FACTOR_MISSING, GRANTS_TOO_MUCH, HASHING_BUSY, PASSWORD_WRONG, PEOPLE_ONLY,
    TOO_MANY_FAILURES, USER_NOT_FOUND,
};
use crate::identity::{Allowed, Anybody, FactorError, FactorStatus, Identity, NewFactor, Proof, UserError};

/// Whether the caller has a second factor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FactorStatus)]
pub struct StatusView {
    /// Since when; not there if there is none.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// How many recovery codes nobody has used.
    recovery_codes_left: usize,
    /// Whether the caller's roles ask for one.
    required: bool,
}

impl From<FactorStatus> for StatusView {
    fn from(FactorStatus { since, recovery_codes_left, is_required: required }: FactorStatus) -> Self {
        Self { since: since.map(|at| at.to_string()), recovery_codes_left, required }
    }
}

/// The caller's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnrolFactor)]
pub struct PasswordBody {
    #[schema(max_length = 1024)]
    password: String,
}

/// A factor that waits to be confirmed.
#[derive(Serialize, ToSchema)]
#[schema(as = NewFactor)]
pub struct NewFactorView {
    /// What to type into an authenticator app. It is told only now.
    secret: String,
    /// The same for an app to read from a picture (QR code).
    uri: String,
    /// Until when it can be confirmed.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<NewFactor> for NewFactorView {
    fn from(NewFactor { secret, uri, expires_at }: NewFactor) -> Self {
        let [secret, uri] = [secret, uri].map(|text| text.expose().clone());
        Self { secret, uri, expires_at: expires_at.to_string() }
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

/// What lets somebody in who has lost what makes their codes, each once. They are told only now.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub struct RecoveryCodesView {
    recovery_codes: Vec<String>,
}

impl From<Vec<Secret<String>>> for RecoveryCodesView {
    fn from(codes: Vec<Secret<String>>) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose().clone()).collect() }
    }
}

/// Password and factor; the latter as a code of the app or as a recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RemoveFactor)]
pub struct RemoveBody {
    #[schema(max_length = 1024)]
    password: String,
    #[schema(max_length = 64)]
    code: Option<String>,
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
}

failures! { ReadFailures: PEOPLE_ONLY }
failures! { BeginFailures: PEOPLE_ONLY, PASSWORD_WRONG, TOO_MANY_FAILURES, FACTOR_EXISTS, HASHING_BUSY }
failures! { ConfirmFailures: PEOPLE_ONLY, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, FACTOR_MISSING }
failures! { RenewFailures: PEOPLE_ONLY, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, FACTOR_MISSING }
failures! { RemoveFailures: PEOPLE_ONLY, PASSWORD_WRONG, FACTOR_CODE_WRONG, TOO_MANY_FAILURES, FACTOR_MISSING, HASHING_BUSY }
failures! { ResetFailures: GRANTS_TOO_MUCH, USER_NOT_FOUND }

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
    request_body = PasswordBody,
    responses((status = 200, description = "The secret.", body = NewFactorView), BeginFailures),
)]
pub async fn enrol_factor(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(PasswordBody { password }): Json<PasswordBody>,
) -> Result<Json<NewFactorView>, Problem> {
    Ok(Json(identity.begin_factor(&caller.0, Secret::new(password)).await?.into()))
}

/// Confirm the app
///
/// From now on a code is asked for at every sign-in. Other sessions end. The answer has ten recovery codes: write them down.
/// After five wrong codes the secret is forgotten, and one begins anew.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/app/confirm",
    request_body = CodeBody,
    responses((status = 200, description = "It is asked for from now on.", body = RecoveryCodesView), ConfirmFailures),
)]
pub async fn confirm_factor(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(CodeBody { code }): Json<CodeBody>,
) -> Result<Json<RecoveryCodesView>, Problem> {
    Ok(Json(identity.confirm_factor(&caller.0, Secret::new(code)).await?.into()))
}

/// Remove one's factor
///
/// Takes the password and the factor: a session is not enough.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/app/remove",
    request_body = RemoveBody,
    responses((status = 204, description = "It is gone, with its recovery codes."), RemoveFailures),
)]
pub async fn remove_factor(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(RemoveBody { password, code, recovery_code }): Json<RemoveBody>,
) -> Result<StatusCode, Problem> {
    let proof =
        proof_of(code, recovery_code)?.ok_or_else(|| one_of_both("one of `code` and `recovery_code` is needed"))?;
    identity.remove_factor(&caller.0, Secret::new(password), proof).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get new recovery codes
///
/// In place of all of before. Takes a code of the app.
#[utoipa::path(
    post,
    tag = "factors",
    path = "/api/v1/factors/recovery-codes",
    request_body = CodeBody,
    responses((status = 200, description = "The new ones.", body = RecoveryCodesView), RenewFailures),
)]
pub async fn renew_recovery_codes(
    caller: Anybody,
    State(identity): State<Identity>,
    Json(CodeBody { code }): Json<CodeBody>,
) -> Result<Json<RecoveryCodesView>, Problem> {
    Ok(Json(identity.renew_recovery_codes(&caller.0, Secret::new(code)).await?.into()))
}

/// Remove somebody else's factor
///
/// For who has lost both their app and their recovery codes, and may no more than the caller. Their sessions end and their
/// devices are forgotten; their password goes on.
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
    match identity.reset_factor(&caller, &id).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(UserError::NotFound) => Err(Problem::new(&USER_NOT_FOUND)),
        Err(UserError::TooMuch) => Err(Problem::new(&GRANTS_TOO_MUCH)),
        Err(UserError::Store(error)) => Err(error.into()),
        Err(error) => Err(Problem::internal(error)),
    }
}

/// What was shown of a factor, if anything was.
pub(super) fn proof_of(code: Option<String>, recovery_code: Option<String>) -> Result<Option<Proof>, Problem> {
    match (code, recovery_code) {
        (None, None) => Ok(None),
        (Some(code), None) => Ok(Some(Proof::Code(Secret::new(code)))),
        (None, Some(code)) => Ok(Some(Proof::RecoveryCode(Secret::new(code)))),
        (Some(_), Some(_)) => Err(one_of_both("one of `code` and `recovery_code` is enough")),
    }
}

pub(super) fn one_of_both(detail: &str) -> Problem {
    Problem::new(&crate::http::codes::INVALID_BODY).detail(detail).pointer("/code")
}

impl From<FactorError> for Problem {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Program => Self::new(&PEOPLE_ONLY),
            FactorError::Exists => Self::new(&FACTOR_EXISTS),
            FactorError::Missing => Self::new(&FACTOR_MISSING),
            FactorError::Wrong => Self::new(&FACTOR_CODE_WRONG).counted_as(Refusal::SecondFactor),
            FactorError::Password(error) => not_taken(error, "/password"),
            FactorError::Blocked(blocked) => Self::new(&TOO_MANY_FAILURES).retry_after(blocked.wait),
            FactorError::Entropy(error) => Self::internal(error),
            FactorError::Sealing(error) => Self::internal(error),
            FactorError::Store(error) => error.into(),
        }
    }
}
