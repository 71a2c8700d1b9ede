//! `POST /api/v1/backups`.

use axiomcore::backup::BackupError;
use axiomcore::http::{Problem, StatusCode};
use axiomcore::identity::Allowed;
use axiomcore::identity::codes::DEFAULT_WORKSPACE_ONLY;
use axum::extract::State;

use super::only_first;
use crate::server::Platform;
use crate::server::codes::{BACKUP_RUNNING, BACKUPS_NOT_CONFIGURED};
use crate::server::openapi::failures;
use crate::server::permissions::MakeBackups;

failures! { Failures: BACKUPS_NOT_CONFIGURED, BACKUP_RUNNING, DEFAULT_WORKSPACE_ONLY }

/// Make a backup now
///
/// It is made in the background, and verified by restoring it; `GET /api/v1/backups` shows it then. Only for the default
/// workspace, because all workspaces are in it.
#[utoipa::path(
    post,
    path = "/api/v1/backups",
    responses((status = 202, description = "It is being made."), Failures),
)]
pub(crate) async fn create_backup(
    caller: Allowed<MakeBackups>,
    State(platform): State<Platform>,
) -> Result<StatusCode, Problem> {
    only_first(caller.workspace)?;
    let Some(backups) = &platform.backups else { return Err(Problem::new(&BACKUPS_NOT_CONFIGURED)) };
    match backups.ask(&caller.principal().id) {
        Ok(true) => Ok(StatusCode::ACCEPTED),
        Ok(false) => Err(Problem::new(&BACKUP_RUNNING)),
        Err(BackupError::NotConfigured) => Err(Problem::new(&BACKUPS_NOT_CONFIGURED)),
        Err(error) => Err(Problem::internal(error)),
    }
}
