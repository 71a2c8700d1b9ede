//! `GET /api/v1/agents/{id}/decisions`.

use axiomcore::http::{Json, Path, Problem, Query, Whole};
use axiomcore::identity::Allowed;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

use super::{Traced, reading, trace};
use crate::agents::AgentName;
use crate::decisions::{PastStep, steps_before};
use crate::server::Platform;
use crate::server::codes::{AGENT_DELETED, AGENT_NOT_FOUND};
use crate::server::openapi::failures;
use crate::server::page::PageSize;
use crate::server::permissions::ReadAgents;

failures! { Failures: AGENT_NOT_FOUND, AGENT_DELETED }

/// Which decisions.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Window {
    /// How many at most.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000, default = 100)]
    limit: PageSize,
    /// The `next` of the page before: only steps before this one.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    before: Option<Whole<1>>,
}

/// Decisions of an agent, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decisions {
    #[schema(value_type = Vec<PastStep<'static>>)]
    items: Vec<Box<RawValue>>,
    /// What to give as `before` for older ones; null if there are none.
    next: Option<u64>,
}

/// List the decisions of an agent
///
/// Newest first: what was seen and what was done. Why is told decision by decision.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/decisions",
    params(AgentName, Window),
    responses((status = 200, description = "A page of decisions.", body = Decisions), Failures),
)]
pub(crate) async fn list_decisions(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    Path(agent): Path<AgentName>,
    Query(window): Query<Window>,
) -> Result<Json<Decisions>, Problem> {
    let workspace = caller.workspace;
    reading(move || page(&platform, trace(&platform, workspace, agent.as_str())?, window)).await.map(Json)
}

fn page(platform: &Platform, Traced { workspace, head }: Traced, window: Window) -> Result<Decisions, Problem> {
    let wanted = window.limit.and_one_more();
    let read = |connection: &mut dyn axiomcore::store::Connection| {
        steps_before(connection, head, window.before.map(Whole::get), wanted)
    };
    let mut steps = platform.database.read_blocking(read)?;
    let is_last = steps.len() < wanted;
    steps.truncate(wanted - 1);
    let mut items = Vec::with_capacity(steps.len());
    for event in &steps {
        let compiled = platform.library.compiled_blocking(workspace, event.told.model)?;
        if let Some(past) = PastStep::of(event, &compiled) {
            items.push(to_raw_value(&past).map_err(Problem::internal)?);
        }
    }
    Ok(Decisions { items, next: steps.last().filter(|_| !is_last).map(|event| event.told.step) })
}
