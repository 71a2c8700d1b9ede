//! `POST /api/v1/audit/erasures`.

use axiomcore::audit::{AuditError, Erase};
use axiomcore::http::{Json, Problem};
use axiomcore::identity::Allowed;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::server::Platform;
use crate::server::codes::{LEGAL_HOLD, STILL_THERE};
use crate::server::openapi::failures;
use crate::server::permissions::EraseAudit;

/// What is to be erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", try_from = "Wanted")]
pub(crate) enum Erasure {
    /// All that this principal did.
    Principal(String),
    /// All that was done to this.
    Subject(String),
}

/// As it is written: an enumeration by itself would call a second name a mistake of syntax.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    principal: Option<String>,
    subject: Option<String>,
}

impl TryFrom<Wanted> for Erasure {
    type Error = &'static str;

    fn try_from(named: Wanted) -> Result<Self, &'static str> {
        match (named.principal, named.subject) {
            (Some(name), None) => Ok(Self::Principal(name)),
            (None, Some(name)) => Ok(Self::Subject(name)),
            _ => Err("give either `principal` or `subject`"),
        }
    }
}

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Erased {
    /// How many entries; those that were empty before are not counted.
    entries: u64,
}

failures! { Failures: LEGAL_HOLD, STILL_THERE }

/// Erase what the record says of somebody or something
///
/// Who, what and all particulars are taken out of the entries; that there was an entry, when, and what kind of thing was done
/// stay, and so does the proof that nothing else was changed. An entry says which were erased, what kinds of things had been
/// done and by whom, under a name that is none of theirs if they are forgotten. People have a right to that, when they are
/// gone. What was done with a key, by a service account, or to a session, a role or a workspace stays; what somebody who is
/// forgotten did to keys, service accounts, roles, workspaces or people who are there is told once more under that name
/// (`audit.restate`).
#[utoipa::path(
    post,
    path = "/api/v1/audit/erasures",
    request_body = Erasure,
    responses((status = 200, description = "It is gone.", body = Erased), Failures),
)]
pub(crate) async fn erase_audit_entries(
    caller: Allowed<EraseAudit>,
    State(platform): State<Platform>,
    Json(erasure): Json<Erasure>,
) -> Result<Json<Erased>, Problem> {
    let which = match erasure {
        Erasure::Principal(name) => Erase::Principal(name),
        Erasure::Subject(name) => Erase::Subject(name),
    };
    let (audit, caller) = (platform.audit.clone(), caller.principal());
    let (keeper, workspace) = (platform.identity.record_keeper(&caller), caller.workspace);
    let erase = move || audit.erase_blocking(workspace, &which, &keeper);
    let erased = platform.compute(workspace, erase).await?;
    match erased {
        Ok(entries) => Ok(Json(Erased { entries })),
        Err(AuditError::Held) => Err(Problem::new(&LEGAL_HOLD)),
        Err(AuditError::StillThere) => Err(Problem::new(&STILL_THERE)),
        Err(AuditError::Lapsed(lapsed)) => Err(lapsed.into()),
        Err(AuditError::Store(error)) => Err(error.into()),
        Err(error) => Err(Problem::internal(error)),
    }
}
