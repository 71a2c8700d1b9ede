//! What somebody has made, and the end of it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ReadKeys, WriteKeys};
use crate::clock::Timestamp;
use crate::failures;
use crate::http::{Json, Path, Problem, Query};
use crate::identity::codes::{FORBIDDEN, GRANTS_TOO_MUCH, LAST_ADMINISTRATOR, OUTLIVES_MAKER, PRINCIPAL_NOT_FOUND};
use crate::identity::{AllMade, Allowed, Identity, Lineage, Made, MadeError};

/// From when on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// Only what was made or given at this moment or later, also by what had been made before. In UTC, such as
    /// `2026-01-31T12:00:00Z`.
    #[param(value_type = Option<String>, example = "2026-01-31T12:00:00Z",
            pattern = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,3})?Z$")]
    since: Option<Moment>,
}

/// A moment in an address.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Moment(Timestamp);

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse().map(Self).map_err(|_| "`since` is a moment such as 2026-01-31T12:00:00Z")
    }
}

/// Something that somebody has made or given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Made)]
pub struct MadeView {
    /// What it is.
    #[schema(pattern = "^(key|service|user|custom_role|permission|role|ticket)$")]
    kind: &'static str,
    /// Its id; of a role that was given (`role`) or a ticket, that of who was given it; of a role that was made (`custom_role`)
    /// or was given a permission, its name.
    id: String,
    /// The name of the role, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// The permission that the role was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    permission: Option<String>,
    /// Who made or gave it, or let them in again: whoever was asked about, or something that they have made.
    made_by: String,
    /// The credential that they did it with, if that is known: the id of a key or a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    made_with: Option<String>,
    #[schema(format = DateTime)]
    made_at: String,
}

/// All of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllMade)]
pub struct MadeList {
    /// The earliest first.
    items: Vec<MadeView>,
    /// How many more there are that it takes another permission to see: `services:read` or `users:read`.
    #[schema(minimum = 0)]
    withheld: usize,
}

failures! { ListFailures: PRINCIPAL_NOT_FOUND }
failures! { EndFailures: GRANTS_TOO_MUCH, LAST_ADMINISTRATOR, OUTLIVES_MAKER, PRINCIPAL_NOT_FOUND }

/// See what somebody has made
///
/// Keys that work, service accounts that a key opens, and people who can sign in or have been invited, which a user, a key or
/// a service account has made, or something that it has made; whom it has let in again, by enabling them or with a ticket that
/// was taken up; roles that it has made, permissions that it has given to roles, roles that it has given to others, and tickets
/// for others that nobody has taken up. A key of a service account, or a session, is asked about by its own id. Ask this of a
/// key that you have revoked, or of whom you have disabled, deleted or given other roles: their own keys and tickets go with
/// them, and this stays. You are not among it, nor what you have made. Of service accounts, people and roles you see what
/// `services:read` and `users:read` let you see.
#[utoipa::path(
    get,
    tag = "keys",
    path = "/api/v1/principals/{id}/made",
    params(("id" = String, Path, description = "The id of a user, a key, a service account or a session, which may be gone."), Since),
    responses((status = 200, description = "What there is.", body = MadeList), ListFailures),
)]
pub async fn list_made(
    caller: Allowed<ReadKeys>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
    Query(since): Query<Since>,
) -> Result<Json<MadeList>, Problem> {
    Ok(Json(identity.list_made(&caller, since.of(id)).await?.into()))
}

/// End what somebody has made
///
/// All of it at once: keys are revoked, service accounts lose their keys, people are disabled and can be enabled again, roles
/// that were made are deleted, roles and permissions that were given are taken back, and tickets are worth nothing. For service
/// accounts, people and roles it takes `services:write`, `users:write` and `roles:write`.
/// Nothing is ended if something of it may more than you, or is nothing that you could end by itself, or nobody would be left
/// who may everything, or, by a key that expires, somebody would need no second factor who needs one now.
#[utoipa::path(
    delete,
    tag = "keys",
    path = "/api/v1/principals/{id}/made",
    params(("id" = String, Path, description = "The id of a user, a key, a service account or a session, which may be gone."), Since),
    responses((status = 200, description = "What was ended.", body = MadeList), EndFailures),
)]
pub async fn end_made(
    caller: Allowed<WriteKeys>,
    State(identity): State<Identity>,
    Path(id): Path<String>,
    Query(since): Query<Since>,
) -> Result<Json<MadeList>, Problem> {
    let items = identity.end_made(&caller, since.of(id)).await?;
    Ok(Json(AllMade { items, withheld: 0 }.into()))
}

impl Since {
    fn of(self, by: String) -> Lineage {
        Lineage { by, since: self.since.map(|Moment(since)| since) }
    }
}

impl From<AllMade> for MadeList {
    fn from(AllMade { items, withheld }: AllMade) -> Self {
        let view = |Made { kind, id, role, permission, made_by, made_with, made_at }| MadeView {
            kind: kind.name(),
            id,
            role,
            permission,
            made_by,
            made_with,
            made_at: made_at.to_string(),
        };
        Self { items: items.into_iter().map(view).collect(), withheld }
    }
}

impl From<MadeError> for Problem {
    fn from(error: MadeError) -> Self {
        let detail = error.to_string();
        match error {
            MadeError::NotFound => Self::new(&PRINCIPAL_NOT_FOUND),
            MadeError::TooMuch => Self::new(&GRANTS_TOO_MUCH).detail(detail),
            MadeError::Lacks(permission) => Self::new(&FORBIDDEN).detail(detail).with("permission", permission),
            MadeError::Loosens => Self::new(&OUTLIVES_MAKER).detail(detail),
            MadeError::Last => Self::new(&LAST_ADMINISTRATOR),
            MadeError::Lapsed(lapsed) => lapsed.into(),
            MadeError::Store(error) => error.into(),
        }
    }
}
