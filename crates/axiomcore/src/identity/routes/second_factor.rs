//! Answering what is asked after the right password.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

use super::passkeys::AssertionBody;
use super::proof::{needed, proof_of};
use super::sign_in::{Coming, Sender, SignedInView, answer};
use crate::audit::Refusal;
use crate::config::Secret;
use crate::failures;
use crate::http::codes::{STORAGE_FULL, UNAVAILABLE};
use crate::http::{Json, Open, Problem};
use crate::identity::codes::{CHALLENGE_INVALID, CROSS_SITE_REQUEST, SIGN_IN_REFUSED, SIGN_IN_THROTTLED};
use crate::identity::{Answer, Identity, SignInError};

/// The challenge, with a code of the app, a recovery code or a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecondFactor)]
pub struct FactorBody {
    #[schema(max_length = 200)]
    challenge: String,
    #[schema(max_length = 64)]
    code: Option<String>,
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
    passkey: Option<AssertionBody>,
    /// What an earlier sign-in with this device gave; a browser has it in a cookie.
    #[schema(max_length = 200)]
    device_token: Option<String>,
    /// Whether a browser is to keep the credential, in a cookie that no script can read; the answer has no token then.
    #[serde(default)]
    cookie: bool,
}

failures! {
    Failures: SIGN_IN_REFUSED, CHALLENGE_INVALID, SIGN_IN_THROTTLED, CROSS_SITE_REQUEST, UNAVAILABLE, STORAGE_FULL
}

/// Show the second factor
///
/// With the `challenge` that the sign-in with the right password was answered with. A code works once, a recovery code too;
/// a challenge is good for five tries.
#[utoipa::path(
    post,
    tag = "sessions",
    path = "/api/v1/sign-in/factor",
    request_body = FactorBody,
    responses((status = 200, description = "They are in.", body = SignedInView), Failures),
)]
pub async fn sign_in_with_factor(
    _: Open,
    State(identity): State<Identity>,
    sender: Sender,
    Json(body): Json<FactorBody>,
) -> Result<(HeaderMap, Json<SignedInView>), Problem> {
    let FactorBody { challenge, code, recovery_code, passkey, device_token, cookie } = body;
    let Coming { origin, device, way, replaced } = sender.coming(device_token, cookie)?;
    let proof = needed(proof_of(code, recovery_code, passkey)?)?;
    let wanted = Answer { challenge: Secret::new(challenge), proof, device, origin, way };
    answer(&identity, identity.answer_challenge(wanted).await.map_err(wrong)?, replaced).await
}

/// The password was right before; here it is the factor that was wrong.
fn wrong(error: SignInError) -> Problem {
    let is_refused = matches!(error, SignInError::Refused);
    let problem = Problem::from(error);
    if is_refused { problem.counted_as(Refusal::SecondFactor) } else { problem }
}
