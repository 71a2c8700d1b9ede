//! `GET /api/v1/system`.

use axiomcore::http::{Json, Problem};
use axiomcore::identity::Allowed;
use axiomcore::store::Dialect;
use axum::extract::State;
use freeagentics_inference::numerics;
use serde::Serialize;
use utoipa::ToSchema;

use super::counts::Counts;
use crate::server::Platform;
use crate::server::permissions::ReadSystem;

/// What runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct System {
    /// The version of the program.
    version: &'static str,
    /// The version of the numerics contract: the same one computes the same bits.
    numerics: u32,
    /// When the server started.
    #[schema(format = DateTime)]
    started_at: String,
    /// For how long it has been running.
    uptime_seconds: u64,
    /// Which database it uses: `sqlite` or `postgresql`.
    #[schema(pattern = "^(sqlite|postgresql)$")]
    database: &'static str,
    counts: Counts,
}

/// What runs
#[utoipa::path(get, path = "/api/v1/system", responses((status = 200, description = "What runs.", body = System)))]
pub(crate) async fn get_system(
    caller: Allowed<ReadSystem>,
    State(platform): State<Platform>,
) -> Result<Json<System>, Problem> {
    let database = match platform.database.dialect() {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgresql",
    };
    Ok(Json(System {
        version: env!("CARGO_PKG_VERSION"),
        numerics: numerics::VERSION,
        started_at: platform.started_at.to_string(),
        uptime_seconds: platform.clock.now().since(platform.started_at).as_secs(),
        database,
        counts: Counts::of(&platform, caller.workspace).await?,
    }))
}
