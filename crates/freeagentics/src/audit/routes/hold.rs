//! `/api/v1/audit/hold`: that nothing of the record goes.

use axiomcore::audit::{AuditError, Hold, hold};
use axiomcore::http::{Json, Problem, StatusCode};
use axiomcore::identity::Allowed;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::server::Platform;
use crate::server::codes::HOLD_REASON;
use crate::server::openapi::failures;
use crate::server::permissions::{HoldAudit, ReadAudit};

/// The most characters of a reason.
const LONGEST: usize = 500;

/// Why the record is to be held.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldOrder {
    /// In the words of who orders it, such as the number of a case.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Whether the record is held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LegalHold {
    held: bool,
    /// Why.
    reason: Option<String>,
    /// Who has ordered it.
    ordered_by: Option<String>,
    /// Since when (RFC 3339).
    #[schema(format = DateTime)]
    since: Option<String>,
}

impl From<Option<Hold>> for LegalHold {
    fn from(hold: Option<Hold>) -> Self {
        let held = hold.is_some();
        let (reason, ordered_by, since) = hold
            .map(|Hold { reason, principal, since }| (Some(reason), Some(principal), Some(since.to_string())))
            .unwrap_or_default();
        Self { held, reason, ordered_by, since }
    }
}

failures! { Failures: HOLD_REASON }

/// Whether the record is held
#[utoipa::path(
    get,
    path = "/api/v1/audit/hold",
    responses((status = 200, description = "Whether, why and since when.", body = LegalHold)),
)]
pub(crate) async fn get_audit_hold(
    caller: Allowed<ReadAudit>,
    State(platform): State<Platform>,
) -> Result<Json<LegalHold>, Problem> {
    let workspace = caller.workspace;
    let found = platform.database.read(move |connection| hold(connection, workspace)).await?;
    Ok(Json(found.into()))
}

/// Hold the record
///
/// From now on nothing of the workspace's record is erased, and nothing goes by its age. A further order changes the reason.
#[utoipa::path(
    put,
    path = "/api/v1/audit/hold",
    request_body = HoldOrder,
    responses((status = 200, description = "It is held.", body = LegalHold), Failures),
)]
pub(crate) async fn hold_audit(
    caller: Allowed<HoldAudit>,
    State(platform): State<Platform>,
    Json(HoldOrder { reason }): Json<HoldOrder>,
) -> Result<Json<LegalHold>, Problem> {
    let length = reason.chars().count();
    if !(1..=LONGEST).contains(&length) || reason.chars().any(char::is_control) {
        return Err(Problem::new(&HOLD_REASON).pointer("/reason"));
    }
    let (audit, caller) = (platform.audit.clone(), caller.principal());
    let (keeper, workspace) = (platform.identity.record_keeper(&caller), caller.workspace);
    let held = platform.compute(workspace, move || audit.hold_blocking(workspace, &reason, &keeper)).await?;
    Ok(Json(Some(held.map_err(unheld)?).into()))
}

/// Let the record go
///
/// What has become too old meanwhile goes with the next checkpoint.
#[utoipa::path(
    delete,
    path = "/api/v1/audit/hold",
    responses((status = 204, description = "It is not held, now or before.")),
)]
pub(crate) async fn release_audit(
    caller: Allowed<HoldAudit>,
    State(platform): State<Platform>,
) -> Result<StatusCode, Problem> {
    let (audit, caller) = (platform.audit.clone(), caller.principal());
    let (keeper, workspace) = (platform.identity.record_keeper(&caller), caller.workspace);
    let released = platform.compute(workspace, move || audit.release_blocking(workspace, &keeper)).await?;
    released.map_err(unheld)?;
    Ok(StatusCode::NO_CONTENT)
}

fn unheld(error: AuditError) -> Problem {
    match error {
        AuditError::Lapsed(lapsed) => lapsed.into(),
        AuditError::Store(error) => error.into(),
        error => Problem::internal(error),
    }
}
