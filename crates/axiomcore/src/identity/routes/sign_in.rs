//! Signing in.

use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::header::{SET_COOKIE, USER_AGENT, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::passkeys::RequestView;
use super::proof::proof_of;
use super::tokens::TokensView;
use crate::audit::Refusal;
use crate::config::Secret;
use crate::failures;
use crate::http::codes::{STORAGE_FULL, UNAVAILABLE};
use crate::http::{Caller, Json, Open, Problem};
use crate::identity::codes::{
    CHALLENGE_INVALID, CROSS_SITE_REQUEST, SECOND_FACTOR_REQUIRED, SIGN_IN_BUSY, SIGN_IN_REFUSED, SIGN_IN_THROTTLED,
};
use crate::identity::credential::kept;
use crate::identity::cross_site::refuse_foreign;
use crate::identity::{Challenge, Identity, Origin, SignIn, SignInError, SignInOutcome, SignedIn, Way};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
pub struct SignInBody {
    /// The name of the workspace that they are in. Not needed in the default one.
    #[schema(max_length = 200)]
    workspace: Option<String>,
    #[schema(max_length = 320)]
    email: String,
    #[schema(max_length = 1024)]
    password: String,
    /// A code of the second factor, if it is given at once.
    #[schema(max_length = 64)]
    code: Option<String>,
    /// A recovery code in its place.
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
    /// What an earlier sign-in with this device gave; a browser has it in a cookie.
    #[schema(max_length = 200)]
    device_token: Option<String>,
    /// Whether a browser is to keep the credential, in a cookie that no script can read; the answer has no token then.
    #[serde(default)]
    cookie: bool,
}

/// Somebody who has signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub struct SignedInView {
    /// The user's id.
    user: String,
    email: String,
    name: String,
    roles: Vec<String>,
    /// The workspace that they belong to.
    #[schema(minimum = 1)]
    workspace: i64,
    /// The id of the session that has begun.
    session: String,
    /// When the session ends, however much it is used.
    #[schema(format = DateTime)]
    session_expires_at: String,
    /// The tokens, unless a cookie stands for them.
    #[serde(flatten)]
    tokens: Option<TokensView>,
    /// By which this device is known at the next sign-in (`device_token`), if it was not. It opens nothing. Not there if a
    /// cookie has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
    /// How many recovery codes are left, if one was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes_left: Option<usize>,
    /// Whether nothing can be done with this but enrolling a second factor, which a role asks for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    factor_enrolment_required: bool,
}

/// Where a request comes from, as far as signing in has to know.
#[derive(Debug)]
pub struct Sender {
    origin: Origin,
    is_foreign: Option<Problem>,
    device: Option<Secret<String>>,
    /// The session that the browser has already, whoever's it is.
    session: Option<Secret<String>>,
}

impl<S: Send + Sync> FromRequestParts<S> for Sender
where
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let address = Caller::from_request_parts(parts, state).await?.address.to_string();
        let client = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let origin = Origin { address, client: client.to_owned() };
        let identity = Identity::from_ref(state);
        let cookie = |name: &str| kept(parts, name).map(|text| Secret::new(text.to_owned()));
        let (device, session) = (cookie(identity.device_cookie().0), cookie(identity.cookie()));
        Ok(Self { origin, is_foreign: refuse_foreign(parts).err(), device, session })
    }
}

/// Who comes in: where from, on which device, and how they are recognised from then on.
pub(super) struct Coming {
    pub(super) origin: Origin,
    pub(super) device: Option<Secret<String>>,
    pub(super) way: Way,
    /// The session that the new one takes the place of.
    pub(super) replaced: Option<Secret<String>>,
}

impl Sender {
    /// Who comes in so. Only a page of ours is given a cookie.
    pub(super) fn coming(self, device_token: Option<String>, cookie: bool) -> Result<Coming, Problem> {
        match self.is_foreign {
            Some(problem) if cookie => Err(problem),
            _ => {
                let (origin, way) = (self.origin.clone(), Way::of(cookie));
                let replaced = self.session.clone().filter(|_| cookie);
                Ok(Coming { origin, device: self.device(device_token), way, replaced })
            }
        }
    }

    /// What shows which device this is.
    pub(super) fn device(self, device_token: Option<String>) -> Option<Secret<String>> {
        device_token.map(Secret::new).or(self.device)
    }
}

failures! {
    Failures: SIGN_IN_REFUSED, SECOND_FACTOR_REQUIRED, SIGN_IN_THROTTLED, SIGN_IN_BUSY, CROSS_SITE_REQUEST, UNAVAILABLE,
        STORAGE_FULL
}

/// Sign in
///
/// With an address and a password, and with the name of the workspace for who is in another than the default one.
/// Programs get an access token for `Authorization: Bearer`, and a refresh token for `POST /api/v1/token/refresh`; a
/// browser that asks for a cookie gets that instead, and may do so only from a page of the same origin; a session that it had ends. The very first sign-in of an installation takes a second or so longer: the key is made then that tokens
/// are signed with.
#[utoipa::path(
    post,
    tag = "sessions",
    path = "/api/v1/sign-in",
    request_body = SignInBody,
    responses((status = 200, description = "They are in.", body = SignedInView), Failures),
)]
pub async fn sign_in(
    _: Open,
    State(identity): State<Identity>,
    sender: Sender,
    Json(body): Json<SignInBody>,
) -> Result<(HeaderMap, Json<SignedInView>), Problem> {
    let SignInBody { workspace, email, password, code, recovery_code, device_token, cookie } = body;
    let Coming { origin, device, way, replaced } = sender.coming(device_token, cookie)?;
    let (password, proof) = (Secret::new(password), proof_of(code, recovery_code, None)?);
    match identity.sign_in(SignIn { workspace, email, password, proof, device, origin, way }).await? {
        SignInOutcome::SignedIn(signed_in) => answer(&identity, *signed_in, replaced).await,
        SignInOutcome::FactorNeeded(challenge) => Err(asked(challenge)),
    }
}

/// What somebody is asked after the right password, and how they can answer. It is a question, and nobody was refused.
fn asked(Challenge { text, expires_at, has_app, passkeys }: Challenge) -> Problem {
    let ways = [("code", has_app), ("passkey", passkeys.is_some()), ("recovery_code", true)];
    let ways: Vec<&str> = ways.into_iter().filter_map(|(way, is_there)| is_there.then_some(way)).collect();
    let needed = Problem::new(&SECOND_FACTOR_REQUIRED).with("challenge", text.expose().as_str()).counted_as(None);
    let needed = needed.with("challenge_expires_at", expires_at.to_string()).with("ways", ways);
    let public_key = passkeys.map(|options| serde_json::to_value(RequestView::from(options).public_key));
    match public_key {
        Some(Ok(public_key)) => told(needed.with("public_key", public_key)),
        Some(Err(error)) => Problem::internal(error),
        None => told(needed),
    }
}

/// What somebody gets who has signed in, perhaps in the place of somebody.
pub(super) async fn answer(
    identity: &Identity,
    signed_in: SignedIn,
    replaced: Option<Secret<String>>,
) -> Result<(HeaderMap, Json<SignedInView>), Problem> {
    if let Some(text) = &replaced {
        identity.end_replaced(text).await;
    }
    let SignedIn { workspace, user, session, text, token, device, recovery_codes_left, must_enrol } = signed_in;
    let mut headers = HeaderMap::new();
    if token.is_none() {
        let lasting = session.expires_at.since(session.created_at).as_secs();
        headers.append(SET_COOKIE, baked(identity.cookie(), text.expose(), lasting)?);
        if let Some(device) = &device {
            let (name, lasting) = identity.device_cookie();
            headers.append(SET_COOKIE, baked(name, device.expose(), lasting.as_secs())?);
        }
    }
    let view = SignedInView {
        user: user.id,
        email: user.email,
        name: user.name,
        roles: user.roles,
        workspace,
        session: session.id,
        session_expires_at: session.expires_at.to_string(),
        device_token: device.filter(|_| token.is_some()).map(|device| device.expose().clone()),
        recovery_codes_left,
        factor_enrolment_required: must_enrol,
        tokens: token.map(|token| TokensView::new(&token, &text)),
    };
    Ok((headers, Json(view)))
}

/// A cookie that goes back to this very host alone, over TLS alone, with requests of its own pages alone, and that no
/// script can read.
pub(in crate::identity) fn baked(name: &str, text: &str, seconds: u64) -> Result<HeaderValue, Problem> {
    let cookie = format!("{name}={text}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
    let mut value = HeaderValue::try_from(cookie).map_err(Problem::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

pub(super) fn told(problem: Problem) -> Problem {
    problem.header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => told(Self::new(&SIGN_IN_REFUSED).counted_as(Refusal::SignIn)),
            SignInError::Challenge => told(Self::new(&CHALLENGE_INVALID).counted_as(Refusal::SecondFactor)),
            SignInError::Throttled(wait) => Self::new(&SIGN_IN_THROTTLED).retry_after(wait),
            SignInError::Busy => Self::new(&SIGN_IN_BUSY).retry_after(std::time::Duration::from_secs(1)),
            SignInError::Token(error) => error.into(),
            SignInError::Entropy(error) => Self::internal(error),
            SignInError::Store(error) => error.into(),
        }
    }
}
