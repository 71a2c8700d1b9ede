//! `GET /api/v1/audit/export`.

use axiomcore::audit::{Entry, ExportFormat, entries_after};
use axiomcore::http::{Problem, Query, Whole};
use axiomcore::identity::{Allowed, Principal, Require};
use axiomcore::store::Connection;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::audit::PRODUCT;
use crate::server::Platform;
use crate::server::pages::{self, Pages, Reader};
use crate::server::permissions::ReadAudit;

/// Entries that are read at once.
const PAGE: usize = 1_000;

/// How an export is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuditFormat {
    /// JSON lines with commitments and hashes.
    #[default]
    Jsonl,
    /// Events of the Open Cybersecurity Schema Framework, as JSON lines.
    Ocsf,
    /// Common Event Format, for syslog.
    Cef,
}

/// What is exported, and how.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditExport {
    /// How it is written.
    #[serde(default)]
    #[param(inline, value_type = Option<AuditFormat>, default = "jsonl")]
    format: AuditFormat,
    /// Only entries after this one, such as the last that was exported before.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    after: Option<Whole>,
}

/// Export who did what
///
/// The whole record of the workspace, the first entry first. `freeagentics audit verify --export` verifies JSON lines that
/// begin with the first entry. That it was exported, and by whom, is on record as well. If
/// the credential is taken away meanwhile, the answer breaks off. Checkpoints, which speak of all workspaces, are only in what `freeagentics audit export` writes.
#[utoipa::path(
    get,
    path = "/api/v1/audit/export",
    params(AuditExport),
    responses((status = 200, description = "An entry a line.", content(
        (String = "application/x-ndjson"), (String = "text/plain"),
    ))),
)]
pub(crate) async fn export_audit_entries(
    caller: Allowed<ReadAudit>,
    State(platform): State<Platform>,
    Query(AuditExport { format, after }): Query<AuditExport>,
) -> Result<Response, Problem> {
    let told = json!({ "format": format, "after": after.map_or(0, Whole::get) });
    let (format, media_type) = match format {
        AuditFormat::Jsonl => (ExportFormat::Jsonl, "application/x-ndjson"),
        AuditFormat::Ocsf => (ExportFormat::Ocsf, "application/x-ndjson"),
        AuditFormat::Cef => (ExportFormat::Cef, "text/plain; charset=utf-8"),
    };
    put_on_record(&platform, &caller, &told).await?;
    let (identity, principal, workspace) = (platform.identity.clone(), caller.principal(), caller.workspace);
    let export = Export { platform, workspace, format, after: after.map_or(0, Whole::get) };
    pages::answer(Reader { identity, principal, needs: &[ReadAudit::PERMISSION] }, export, media_type).await
}

/// Who has taken a copy of everything is what the record is asked after a leak.
async fn put_on_record(platform: &Platform, caller: &Principal, told: &Value) -> Result<(), Problem> {
    let (caller, told, at) = (caller.clone(), told.clone(), platform.clock.now());
    let write = move |connection: &mut dyn Connection| {
        let entry = Entry { workspace: caller.workspace, at, principal: &caller.id, action: "audit.export" };
        entry.write(connection, "record", &told)
    };
    Ok(platform.database.write(write).await?)
}

/// An export under way.
struct Export {
    platform: Platform,
    workspace: i64,
    format: ExportFormat,
    after: u64,
}

impl Pages for Export {
    async fn page(mut self) -> Result<(Bytes, Option<Self>), Problem> {
        let (workspace, after) = (self.workspace, self.after);
        let read = move |connection: &mut dyn Connection| entries_after(connection, workspace, after, PAGE);
        let links = self.platform.database.read(read).await?;
        let lines = links.iter().map(|link| self.format.line(link, PRODUCT));
        let text = lines.collect::<Result<String, _>>().map_err(Problem::internal)?;
        let is_last = links.len() < PAGE;
        self.after = links.last().map_or(self.after, |link| link.seq);
        Ok((text.into(), (!is_last).then_some(self)))
    }
}
