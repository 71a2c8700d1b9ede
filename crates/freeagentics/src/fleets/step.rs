//! `POST /api/v1/fleets/step`.

use axiomcore::http::{Context, Json, Problem};
use axiomcore::identity::Allowed;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::select::select;
use crate::agents::Labels;
use crate::agents::routes::answers::{StepOutcomes, ask_each};
use crate::agents::routes::guards::{IdempotencyKey, NoGuards};
use crate::agents::routes::step_body::{Executed, StepBody};
use crate::runtime::{Ask, Guarded, Level, Request};
use crate::server::Platform;
use crate::server::codes::{INVALID_HEADER, TOO_MANY_AGENTS};
use crate::server::openapi::failures;
use crate::server::permissions::StepAgents;

failures! { Failures: TOO_MANY_AGENTS, INVALID_HEADER }

/// The same step for a whole fleet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewFleetStep)]
pub(crate) struct FleetStep {
    /// Labels that all of its agents have; at least one.
    labels: Labels,
    /// For each agent: the same again gets its first answer and does nothing more.
    idempotency_key: Option<IdempotencyKey>,
    /// As in a single step, like what follows.
    #[schema(value_type = BTreeMap<String, Value>)]
    observation: Box<RawValue>,
    #[schema(value_type = Option<Executed>)]
    executed_action: Option<Box<RawValue>>,
    #[schema(minimum = 1, maximum = 10_000)]
    elapsed: Option<u32>,
    #[serde(default)]
    dry_run: bool,
    /// How much is explained; nothing, without it.
    explain: Option<Level>,
}

/// Show the same to a fleet
///
/// Every agent that has all the labels gets the same observation and decides by itself.
#[utoipa::path(
    post,
    path = "/api/v1/fleets/step",
    request_body = FleetStep,
    responses(
        (status = 200, description = "What became of each agent, by their ids.", body = StepOutcomes),
        Failures,
    ),
)]
pub(crate) async fn step_fleet(
    caller: Allowed<StepAgents>,
    State(platform): State<Platform>,
    Extension(context): Extension<Context>,
    _: NoGuards,
    Json(body): Json<FleetStep>,
) -> Result<Response, Problem> {
    let FleetStep { labels, idempotency_key, observation, executed_action, elapsed, dry_run, explain } = body;
    let agents = select(&platform, caller.workspace, labels).await?;
    let body = StepBody { observation, executed_action, elapsed, dry_run, explain: explain.unwrap_or(Level::None) };
    let ask = body.ask();
    let guarded = Guarded { idempotency_key: idempotency_key.map(IdempotencyKey::text), if_match: None };
    let request = |agent| {
        Ok(Request {
            principal: caller.principal(),
            agent,
            guarded: guarded.clone(),
            ask: Ask::Step(ask.clone()),
            walk: None,
        })
    };
    let items = agents.into_iter().map(request).collect();
    Ok(ask_each(&platform, Some(&context), items).await)
}
