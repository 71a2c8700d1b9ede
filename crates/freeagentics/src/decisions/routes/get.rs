//! `GET /api/v1/agents/{id}/decisions/{step}`.

use axiomcore::http::{Path, Problem, Query};
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::response::Response;
use freeagentics_inference::numerics::VERSION;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Traced, trace};
use crate::agents::AgentName;
use crate::agents::routes::answers::json;
use crate::decisions::replay::{Explained, explain};
use crate::decisions::{StepAnswer, Told, step_of};
use crate::runtime::Level;
use crate::server::Platform;
use crate::server::codes::{AGENT_DELETED, AGENT_NOT_FOUND, DECISION_NOT_FOUND};
use crate::server::openapi::failures;
use crate::server::permissions::ReadAgents;

failures! { Failures: AGENT_NOT_FOUND, AGENT_DELETED, DECISION_NOT_FOUND }

/// How much is told.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Telling {
    /// How much is explained.
    #[serde(default)]
    #[param(inline, value_type = Option<Level>, default = "summary")]
    explain: Level,
}

/// A decision, made again.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
pub(crate) struct ReplayedStep<'a> {
    #[serde(flatten)]
    step: StepAnswer<'a>,
    #[serde(flatten)]
    told: Told<'a>,
    replay: Replay,
}

/// What stands behind the answer as it was given then.
#[derive(Serialize)]
struct Rest<'a> {
    #[serde(flatten)]
    told: Option<Told<'a>>,
    replay: Replay,
}

/// Whether it came out as it did then.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replay {
    /// Whether it is the original, bit for bit.
    identical: bool,
    /// The numerics that decided it then.
    #[schema(minimum = 1)]
    numerics: u32,
    /// The numerics that decided it now: if they differ, a difference says nothing about the log.
    #[schema(minimum = 1)]
    computed_numerics: u32,
    /// What the log has.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    recorded_digest: String,
    /// What came out now.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    computed_digest: String,
}

/// Explain a decision
///
/// The log has what was seen and what was believed before, so the decision is made again, and its digest shows that it is
/// the original.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/decisions/{step}",
    params(
        AgentName,
        ("step" = u64, Path, description = "Which step.", minimum = 1, maximum = 9_007_199_254_740_991_u64),
        Telling,
    ),
    responses((status = 200, description = "The decision and its reasons.", body = ReplayedStep), Failures),
)]
pub(crate) async fn get_decision(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    Path((agent, step)): Path<(AgentName, u64)>,
    Query(Telling { explain }): Query<Telling>,
) -> Result<Response, Problem> {
    let (workspace, own) = (caller.workspace, platform.clone());
    platform
        .compute(workspace, move || explained(&own, trace(&own, workspace, agent.as_str())?, step, explain))
        .await?
        .map(json)
}

fn explained(
    platform: &Platform,
    Traced { workspace, head }: Traced,
    step: u64,
    level: Level,
) -> Result<String, Problem> {
    let library = &platform.library;
    let explained = platform.database.read_blocking(|connection| {
        let Some(event) = step_of(connection, head, step)? else { return Ok(None) };
        explain(connection, library, workspace, &event, level).map(|explained| Some((event, explained)))
    })?;
    let (event, explained) = explained.ok_or_else(|| Problem::new(&DECISION_NOT_FOUND))?;
    let compiled = library.compiled_blocking(workspace, event.told.model)?;
    written(explained, Told::of(&event, &compiled))
}

/// The answer as it was given then, what it was an answer to, and what shows that.
fn written(explained: Explained, told: Option<Told<'_>>) -> Result<String, Problem> {
    let replay = Replay {
        identical: explained.is_identical(),
        numerics: explained.numerics,
        computed_numerics: VERSION,
        recorded_digest: explained.recorded.to_string(),
        computed_digest: explained.computed.to_string(),
    };
    let rest = serde_json::to_string(&Rest { told, replay }).map_err(Problem::internal)?;
    let mut json = explained.json;
    json.pop();
    Ok(json + "," + rest.trim_start_matches('{'))
}
