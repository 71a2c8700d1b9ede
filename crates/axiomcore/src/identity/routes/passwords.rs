//! Passwords: chosen with a ticket, changed, forgotten.

use std::time::Duration;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::sign_in::Sender;
use super::users::UserView;
use crate::config::Secret;
use crate::failures;
use crate::http::codes::{STORAGE_FULL, UNAVAILABLE};
use crate::http::{Json, Open, Problem, StatusCode};
use crate::identity::codes::{
    HASHING_BUSY, NO_MAIL, PASSWORD_UNFIT, PASSWORD_WRONG, PEOPLE_ONLY, TICKET_INVALID, TOO_MANY_FAILURES,
};
use crate::identity::mail::Mail;
use crate::identity::{Authenticated, HashError, Identity, PasswordError};

/// A ticket, and the password to have from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakenTicket)]
pub struct AcceptBody {
    #[schema(max_length = 200)]
    ticket: String,
    #[schema(max_length = 1024)]
    password: String,
}

/// The password of before, and the one to have from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangedPassword)]
pub struct ChangeBody {
    #[schema(max_length = 1024)]
    old: String,
    #[schema(max_length = 1024)]
    new: String,
    /// What an earlier sign-in with this device gave, so that it goes on being known; a browser has it in a cookie.
    #[schema(max_length = 200)]
    device_token: Option<String>,
}

/// Who has forgotten their password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ForgottenPassword)]
pub struct ResetBody {
    /// The name of the workspace that they are in. Not needed in the default one.
    #[schema(max_length = 200)]
    workspace: Option<String>,
    /// What they sign in with.
    #[schema(max_length = 254)]
    email: String,
}

failures! { AcceptFailures: HASHING_BUSY, PASSWORD_UNFIT, STORAGE_FULL, TICKET_INVALID, UNAVAILABLE }
failures! { ChangeFailures: HASHING_BUSY, PASSWORD_UNFIT, PASSWORD_WRONG, PEOPLE_ONLY, TOO_MANY_FAILURES }
failures! { ResetFailures: NO_MAIL }

/// Take up a ticket
///
/// An invitation or a new start: from now on this is your password. A ticket whose password was not accepted is as good as
/// before. Sessions of before end.
#[utoipa::path(
    post,
    tag = "users",
    path = "/api/v1/tickets/accept",
    request_body = AcceptBody,
    responses((status = 200, description = "Who you are.", body = UserView), AcceptFailures),
)]
pub async fn accept_ticket(
    _: Open,
    State(identity): State<Identity>,
    Json(AcceptBody { ticket, password }): Json<AcceptBody>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(identity.accept(&ticket, Secret::new(password)).await?.into()))
}

/// Change your password
///
/// Your other sessions end, and your other devices are forgotten.
#[utoipa::path(
    post,
    tag = "users",
    path = "/api/v1/password",
    request_body = ChangeBody,
    responses((status = 204, description = "This is your password now."), ChangeFailures),
)]
pub async fn change_password(
    caller: Authenticated,
    State(identity): State<Identity>,
    sender: Sender,
    Json(ChangeBody { old, new, device_token }): Json<ChangeBody>,
) -> Result<StatusCode, Problem> {
    let device = sender.device(device_token);
    identity.change_password(&caller.0, Secret::new(old), Secret::new(new), device).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say that you have forgotten your password
///
/// If somebody in the workspace has this address, a ticket is mailed to it; not again for some minutes. The answer is the same, and takes as
/// long, if nobody has it.
#[utoipa::path(
    post,
    tag = "users",
    path = "/api/v1/password/reset",
    request_body = ResetBody,
    responses((status = 202, description = "It was heard."), ResetFailures),
)]
pub async fn reset_password(
    _: Open,
    State(identity): State<Identity>,
    State(mail): State<Mail>,
    Json(ResetBody { workspace, email }): Json<ResetBody>,
) -> Result<StatusCode, Problem> {
    if !mail.is_set_up() {
        return Err(nobody_writes(identity.0.tickets_in_answers));
    }
    // Nothing about the address is looked up here, so the answer cannot tell anything about it.
    mail.forgotten(workspace, email);
    Ok(StatusCode::ACCEPTED)
}

/// Where there is no mail an administrator helps, if they can have tickets to hand on.
fn nobody_writes(tickets_in_answers: bool) -> Problem {
    if tickets_in_answers {
        return Problem::new(&NO_MAIL);
    }
    let detail = "the server cannot send mail, and tickets only go by mail here";
    let mend = "Ask whoever runs the server to set `mail.hook_url`: until then nobody is given a new password. Nothing was done.";
    Problem::new(&NO_MAIL).detail(detail).mend(mend)
}

/// Why the password that stood at `pointer` was not taken.
pub(super) fn not_taken(error: PasswordError, pointer: &'static str) -> Problem {
    match error {
        PasswordError::Wrong => Problem::new(&PASSWORD_WRONG).pointer(pointer),
        PasswordError::Blocked(blocked) => Problem::new(&TOO_MANY_FAILURES).retry_after(blocked.wait),
        PasswordError::Hashing(error) => error.into(),
        PasswordError::Store(error) => error.into(),
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::new(&HASHING_BUSY).retry_after(Duration::from_secs(1)),
            other => Self::internal(other),
        }
    }
}
