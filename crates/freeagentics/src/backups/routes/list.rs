//! `GET /api/v1/backups`.

use axiomcore::backup::{Backups, Kept};
use axiomcore::http::{Json, Problem};
use axiomcore::identity::Allowed;
use axiomcore::identity::codes::DEFAULT_WORKSPACE_ONLY;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::only_first;
use crate::server::Platform;
use crate::server::openapi::failures;
use crate::server::permissions::ReadBackups;

failures! { Failures: DEFAULT_WORKSPACE_ONLY }

/// A copy of the installation.
#[derive(Serialize, ToSchema)]
pub(crate) struct Backup {
    id: String,
    /// What is wrong with it, if nobody can believe what it says of itself.
    damage: Option<String>,
    /// Its place in the order of all of them.
    #[schema(minimum = 1)]
    number: Option<u64>,
    #[schema(format = DateTime)]
    made_at: Option<String>,
    /// When it was last restored and proved.
    #[schema(format = DateTime)]
    verified_at: Option<String>,
    /// How much room it takes.
    stored_bytes: Option<u64>,
    /// How much it is when it is restored.
    bytes: Option<u64>,
    /// The last event that is in it for certain.
    last_event: Option<u64>,
}

/// All of them, the oldest first.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct BackupList {
    /// Whether it is said where they are to be. Where it is not, there are none.
    configured: bool,
    items: Vec<Backup>,
    /// Whether one is being made because somebody asked for it.
    running: bool,
    /// What is wrong with them as a whole: some are gone, or were replaced by older ones.
    damages: Vec<String>,
}

impl From<Kept> for Backup {
    fn from(kept: Kept) -> Self {
        let (damage, manifest) = match kept.manifest {
            Ok(manifest) => (None, Some(manifest)),
            Err(damage) => (Some(damage.to_string()), None),
        };
        let manifest = manifest.as_ref();
        Self {
            id: kept.id,
            damage,
            number: manifest.map(|manifest| manifest.number),
            made_at: manifest.map(|manifest| manifest.begun().to_string()),
            verified_at: kept.verified.map(|verified| verified.when().to_string()),
            stored_bytes: manifest.map(axiomcore::backup::Manifest::stored),
            bytes: manifest.map(axiomcore::backup::Manifest::plain),
            last_event: manifest.map(|manifest| manifest.log),
        }
    }
}

/// List the backups
///
/// Only for the default workspace, because all workspaces are in them.
#[utoipa::path(
    get,
    path = "/api/v1/backups",
    responses((status = 200, description = "The backups.", body = BackupList), Failures),
)]
pub(crate) async fn list_backups(
    caller: Allowed<ReadBackups>,
    State(platform): State<Platform>,
) -> Result<Json<BackupList>, Problem> {
    only_first(caller.workspace)?;
    let Some(backups) = platform.backups.clone().filter(Backups::is_configured) else {
        return Ok(Json(BackupList::default()));
    };
    let running = backups.is_asked();
    let listing =
        platform.compute(caller.workspace, move || backups.list_blocking()).await?.map_err(Problem::internal)?;
    let damages = listing.damages.iter().map(ToString::to_string).collect();
    let items = listing.kept.into_iter().map(Backup::from).collect();
    Ok(Json(BackupList { configured: true, items, running, damages }))
}
