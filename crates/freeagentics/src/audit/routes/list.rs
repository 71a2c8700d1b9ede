//! `GET /api/v1/audit`.

use axiomcore::audit::{Filter, entries_before};
use axiomcore::clock::Timestamp;
use axiomcore::http::{Json, Problem, Query, Whole};
use axiomcore::identity::Allowed;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::view::AuditEntry;
use crate::server::Platform;
use crate::server::page::PageSize;
use crate::server::permissions::ReadAudit;

/// Which entries.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditListing {
    /// How many at most.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000, default = 100)]
    limit: PageSize,
    /// The `next` of the page before: only entries before this one.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    before: Option<Whole<1>>,
    /// Only what this principal did.
    principal: Option<String>,
    /// Only this action, such as `agent.create`.
    action: Option<String>,
    /// Only what was done to this.
    subject: Option<String>,
    /// Only what happened at this moment or later, in milliseconds since 1970.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    since: Option<Whole>,
    /// Only what happened before this moment, in milliseconds since 1970.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    until: Option<Whole>,
}

/// Entries of the record, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntries {
    items: Vec<AuditEntry>,
    /// What to give as `before` for older ones; null if there are none.
    next: Option<u64>,
}

/// List who did what
///
/// The latest first. What happened within the last second may not be there yet.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    params(AuditListing),
    responses((status = 200, description = "A page of entries.", body = AuditEntries)),
)]
pub(crate) async fn list_audit_entries(
    caller: Allowed<ReadAudit>,
    State(platform): State<Platform>,
    Query(listing): Query<AuditListing>,
) -> Result<Json<AuditEntries>, Problem> {
    let (workspace, wanted) = (caller.workspace, listing.limit.and_one_more());
    let before = listing.before.map_or(u64::MAX, Whole::get);
    let moment = |millis: Whole| Timestamp(millis.signed());
    let AuditListing { principal, action, subject, since, until, .. } = listing;
    let filter = Filter { principal, action, subject, since: since.map(moment), until: until.map(moment) };
    let read = move |connection: &mut dyn axiomcore::store::Connection| {
        entries_before(connection, workspace, &filter, before, wanted)
    };
    let mut items: Vec<AuditEntry> = platform.database.read(read).await?.into_iter().map(Into::into).collect();
    let is_last = items.len() < wanted;
    items.truncate(wanted - 1);
    let next = items.last().filter(|_| !is_last).map(|entry| entry.seq);
    Ok(Json(AuditEntries { items, next }))
}
