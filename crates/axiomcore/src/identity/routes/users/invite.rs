//! Inviting people, and giving them a new start.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::WriteUsers;
use super::UserView;
use crate::config::Secret;
use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::{
    EMAIL_INVALID, EMAIL_TAKEN, GRANTS_TOO_MUCH, HASH_INVALID, NAME_INVALID, NO_MAIL, OUTLIVES_MAKER, ROLE_UNKNOWN,
    TICKETS_ARE_MAILED, USER_NOT_FOUND,
};
use crate::identity::mail::{Kind, Mail};
use crate::identity::users::Invited;
use crate::identity::{Allowed, Identity, NewUser};

/// Who is to be invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub struct NewUserBody {
    /// What they will sign in with.
    #[schema(min_length = 3, max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Names of roles, which may no more than you.
    #[schema(max_items = 20)]
    roles: Vec<String>,
    /// The hash of the password that they have elsewhere (argon2id or bcrypt): then they are not invited but taken over,
    /// and sign in as they are used to.
    #[schema(max_length = 512)]
    password_hash: Option<String>,
    /// Whether the ticket is to stand in the answer, for you to hand on. Where that is not allowed it is only mailed.
    #[serde(default)]
    ticket: bool,
}

/// Whether the ticket is to stand in the answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTicket)]
pub struct NewTicketBody {
    /// For you to hand on. Where that is not allowed it is only mailed.
    #[serde(default)]
    ticket: bool,
}

/// Somebody, with the ticket that lets them choose a password.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitedUser)]
pub struct InvitedView {
    #[serde(flatten)]
    user: UserView,
    /// What lets them choose a password, once. It is told only now, and only if it was asked for.
    ticket: Option<String>,
    /// The page where it is taken up, with the ticket in it, if the server knows its own address (`mail.public_url`).
    link: Option<String>,
    /// Until when it can be taken up.
    #[schema(format = DateTime)]
    ticket_expires_at: Option<String>,
    /// Whether it is on its way to them by mail.
    mailed: bool,
}

failures! { InviteFailures:
EMAIL_INVALID, EMAIL_TAKEN, GRANTS_TOO_MUCH, HASH_INVALID, NAME_INVALID, NO_MAIL, OUTLIVES_MAKER, ROLE_UNKNOWN,
TICKETS_ARE_MAILED }
failures! { TicketFailures: GRANTS_TOO_MUCH, NO_MAIL, OUTLIVES_MAKER, TICKETS_ARE_MAILED, USER_NOT_FOUND }

/// Invite somebody
///
/// They get a ticket by mail that lets them choose a password.
#[utoipa::path(
    post,
    tag = "users",
    path = "/api/v1/users",
    request_body = NewUserBody,
    responses((status = 201, description = "Who was invited.", body = InvitedView), InviteFailures),
)]
pub async fn invite_user(
    caller: Allowed<WriteUsers>,
    State(identity): State<Identity>,
    State(mail): State<Mail>,
    Json(body): Json<NewUserBody>,
) -> Result<(StatusCode, Json<InvitedView>), Problem> {
    let (asked, hash) = (body.ticket, body.password_hash.clone().map(Secret::new));
    if let Some(hash) = hash {
        let user = identity.import_user(&caller, body.into_user(), &hash).await?.into();
        let view = InvitedView { user, ticket: None, link: None, ticket_expires_at: None, mailed: false };
        return Ok((StatusCode::CREATED, Json(view)));
    }
    may_deliver(&identity, &mail, asked)?;
    let (workspace, envelope) = (caller.workspace, mail.envelope(Kind::Invitation));
    let invited = identity.invite_into(&caller, workspace, body.into_user(), envelope).await?;
    Ok((StatusCode::CREATED, Json(InvitedView::of(invited, asked.then_some(&mail)))))
}

/// Give somebody a new start
///
/// A new ticket, for who has forgotten their password or lost their invitation. Their password works until they take it up;
/// tickets of before are worth nothing.
#[utoipa::path(
    post,
    tag = "users",
    path = "/api/v1/users/{id}/ticket",
    params(("id" = String, Path, description = "The user's id.")),
    request_body = NewTicketBody,
    responses((status = 200, description = "Who gets it.", body = InvitedView), TicketFailures),
)]
pub async fn create_ticket(
    caller: Allowed<WriteUsers>,
    State(identity): State<Identity>,
    State(mail): State<Mail>,
    Path(id): Path<String>,
    Json(NewTicketBody { ticket }): Json<NewTicketBody>,
) -> Result<Json<InvitedView>, Problem> {
    // With the ticket in hand whoever has the key would come by a password that outlives it.
    if ticket && caller.key_ends_at().is_some() {
        return Err(Problem::new(&OUTLIVES_MAKER).pointer("/ticket"));
    }
    may_deliver(&identity, &mail, ticket)?;
    let started = identity.start_anew(&caller, &id, mail.envelope(Kind::NewStart)).await?;
    Ok(Json(InvitedView::of(started, ticket.then_some(&mail))))
}

impl NewUserBody {
    pub(in super::super) fn into_user(self) -> NewUser {
        NewUser { email: self.email, name: self.name, roles: self.roles }
    }

    pub(in super::super) const fn asks_for_ticket(&self) -> bool {
        self.ticket
    }

    pub(in super::super) const fn has_hash(&self) -> bool {
        self.password_hash.is_some()
    }
}

/// Refuses before anything is done what nobody would hear of, or who asks for more than the operators allow.
pub(in super::super) fn may_deliver(identity: &Identity, mail: &Mail, asked: bool) -> Result<(), Problem> {
    if asked && !identity.0.tickets_in_answers {
        return Err(Problem::new(&TICKETS_ARE_MAILED).pointer("/ticket"));
    }
    if asked || mail.is_set_up() {
        return Ok(());
    }
    let mend = if identity.0.tickets_in_answers {
        "Ask for the ticket itself, with `\"ticket\": true` (`--ticket`), and hand it on. Nothing was done."
    } else {
        "Ask whoever runs the server to set `mail.hook_url`. Nothing was done."
    };
    Err(Problem::new(&NO_MAIL).mend(mend))
}

impl InvitedView {
    /// With the ticket if it was asked for; where it leads to is known to the mail.
    pub(in super::super) fn of(Invited { user, ticket, is_mailed }: Invited, asked: Option<&Mail>) -> Self {
        let text = asked.map(|_| ticket.text.expose().clone());
        let link = asked.and_then(|mail| mail.link(&ticket));
        let ticket_expires_at = Some(ticket.expires_at.to_string());
        Self { user: user.into(), ticket: text, link, ticket_expires_at, mailed: is_mailed }
    }
}
