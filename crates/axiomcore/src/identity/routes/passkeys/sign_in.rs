//! Signing in with a passkey and nothing else.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::AssertionBody;
use super::options::RequestView;
use crate::failures;
use crate::http::codes::{STORAGE_FULL, UNAVAILABLE};
use crate::http::{Json, Open, Problem};
use crate::identity::codes::{CROSS_SITE_REQUEST, PASSKEYS_OFF, SIGN_IN_REFUSED, SIGN_IN_THROTTLED};
use crate::identity::routes::sign_in::{Coming, Sender, SignedInView, answer};
use crate::identity::{Identity, PasskeySignIn};

/// What the device has shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasskeySignIn)]
pub struct SignInBody {
    /// What the browser gave (`credential.toJSON()`).
    credential: AssertionBody,
    /// What an earlier sign-in with this device gave; a browser has it in a cookie.
    #[schema(max_length = 200)]
    device_token: Option<String>,
    /// Whether a browser is to keep the credential, in a cookie that no script can read; the answer has no token then.
    #[serde(default)]
    cookie: bool,
}

failures! { AskFailures: PASSKEYS_OFF }
failures! { Failures: SIGN_IN_REFUSED, SIGN_IN_THROTTLED, CROSS_SITE_REQUEST, UNAVAILABLE, STORAGE_FULL }

/// Begin to sign in with a passkey
///
/// Nobody has to say who they are: the device knows. The answer is what a browser needs to have a passkey shown, and is good
/// once and for five minutes.
#[utoipa::path(
    post,
    tag = "sessions",
    path = "/api/v1/sign-in/passkey/options",
    responses((status = 200, description = "What the browser needs.", body = RequestView), AskFailures),
)]
pub async fn ask_for_passkey(_: Open, State(identity): State<Identity>) -> Result<Json<RequestView>, Problem> {
    Ok(Json(identity.ask_for_passkey()?.into()))
}

/// Sign in with a passkey
///
/// With nothing else: the device has to have verified who it is, by finger, face or PIN, and counts as a second factor too.
#[utoipa::path(
    post,
    tag = "sessions",
    path = "/api/v1/sign-in/passkey",
    request_body = SignInBody,
    responses((status = 200, description = "They are in.", body = SignedInView), Failures),
)]
pub async fn sign_in_with_passkey(
    _: Open,
    State(identity): State<Identity>,
    sender: Sender,
    Json(SignInBody { credential, device_token, cookie }): Json<SignInBody>,
) -> Result<(HeaderMap, Json<SignedInView>), Problem> {
    let Coming { origin, device, way, replaced } = sender.coming(device_token, cookie)?;
    let wanted = PasskeySignIn { shown: credential.into(), device, origin, way };
    answer(&identity, identity.sign_in_with_passkey(wanted).await?, replaced).await
}
