//! Signing in.

use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::header::{SET_COOKIE, USER_AGENT, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::Secret;
use crate::failures;
use crate::http::codes::{STORAGE_FULL, UNAVAILABLE};
use crate::http::{Caller, Json, Open, Problem};
use crate::identity::codes::{CROSS_SITE_REQUEST, SECOND_FACTOR_REQUIRED, SIGN_IN_BUSY, SIGN_IN_REFUSED};
use crate::identity::cross_site::refuse_foreign;
use crate::identity::{Identity, Origin, SignIn, SignInError, SignInOutcome, SignedIn};

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
pub struct SignInBody {
    #[schema(max_length = 320)]
    email: String,
    #[schema(max_length = 1024)]
    password: String,
    /// A code of the second factor, if it is given at once.
    #[schema(max_length = 64)]
    code: Option<String>,
    /// Whether a browser is to keep the credential, in a cookie that no script can read; the answer has no token then.
    #[serde(default)]
    cookie: bool,
}

/// Somebody who has signed in.
#[derive(Debug, Serialize, ToSchema)]
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
    /// What stands in `Authorization: Bearer`. Not there if a cookie has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
}

/// Where a request comes from, as far as signing in has to know.
#[derive(Debug)]
pub struct Sender {
    origin: Origin,
    is_foreign: Option<Problem>,
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
        Ok(Self { origin, is_foreign: refuse_foreign(parts).err() })
    }
}

failures! { Failures: SIGN_IN_REFUSED, SECOND_FACTOR_REQUIRED, SIGN_IN_BUSY, CROSS_SITE_REQUEST, UNAVAILABLE, STORAGE_FULL }

/// Sign in
///
/// With an address and a password. Programs get an access token; a browser that asks for a cookie gets that instead, and
/// may do so only from a page of the same origin.
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
    Json(SignInBody { email, password, code, cookie }): Json<SignInBody>,
) -> Result<(HeaderMap, Json<SignedInView>), Problem> {
    if let Some(problem) = sender.is_foreign.filter(|_| cookie) {
        return Err(problem);
    }
    let (password, code) = (Secret::new(password), code.map(Secret::new));
    match identity.sign_in(SignIn { email, password, code, origin: sender.origin }).await? {
        SignInOutcome::SignedIn(signed_in) => answer(&identity, *signed_in, cookie),
        SignInOutcome::FactorNeeded { challenge } => {
            Err(told(Problem::new(&SECOND_FACTOR_REQUIRED).with("challenge", challenge.expose().as_str())))
        }
    }
}

/// What somebody gets who has signed in.
pub(in crate::identity) fn answer(
    identity: &Identity,
    SignedIn { workspace, user, session, text }: SignedIn,
    cookie: bool,
) -> Result<(HeaderMap, Json<SignedInView>), Problem> {
    let mut headers = HeaderMap::new();
    if cookie {
        let lasting = session.expires_at.since(session.created_at).as_secs();
        headers.insert(SET_COOKIE, baked(identity.cookie(), text.expose(), lasting)?);
    }
    let view = SignedInView {
        user: user.id,
        email: user.email,
        name: user.name,
        roles: user.roles,
        workspace,
        session: session.id,
        session_expires_at: session.expires_at.to_string(),
        access_token: (!cookie).then(|| text.expose().clone()),
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

fn told(problem: Problem) -> Problem {
    problem.header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => told(Self::new(&SIGN_IN_REFUSED)),
            SignInError::Busy => Self::new(&SIGN_IN_BUSY).retry_after(std::time::Duration::from_secs(1)),
            SignInError::Entropy(error) => Self::internal(error),
            SignInError::Store(error) => error.into(),
        }
    }
}
