//! `POST /api/v1/steps`.

use axiomcore::http::{Context, Json, Problem};
use axiomcore::identity::{Allowed, Principal};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use utoipa::ToSchema;

use super::answers::{StepOutcomes, ask_each};
use super::guards::{IdempotencyKey, NoGuards};
use super::lenient::{Lenient, bound};
use super::step_body::{Executed, StepBody};
use crate::agents::AgentName;
use crate::runtime::{Ask, Guarded, Level, Request};
use crate::server::Platform;
use crate::server::codes::{INVALID_HEADER, TOO_MANY_ITEMS};
use crate::server::openapi::failures;
use crate::server::permissions::StepAgents;

failures! { Failures: TOO_MANY_ITEMS, INVALID_HEADER }

/// Steps of many agents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSteps)]
pub(crate) struct StepBatch {
    /// Any number of them may be of one agent; these are taken in the order given.
    #[schema(value_type = Vec<StepItem>, max_items = 10_000)]
    items: Vec<Lenient<StepItem>>,
    /// For items that do not say it themselves: how much is explained. Nothing, without it.
    explain: Option<Level>,
}

/// A step of one of many agents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewStepOf)]
pub(crate) struct StepItem {
    agent: AgentName,
    /// Names this step: the same again gets the first answer and does nothing more.
    idempotency_key: Option<IdempotencyKey>,
    /// The revision that the agent must have.
    #[schema(minimum = 1)]
    if_match: Option<u64>,
    /// As in a single step, like what follows.
    #[schema(value_type = BTreeMap<String, Value>)]
    observation: Box<RawValue>,
    #[schema(value_type = Option<Executed>)]
    executed_action: Option<Box<RawValue>>,
    #[schema(minimum = 1, maximum = 10_000)]
    elapsed: Option<u32>,
    #[serde(default)]
    dry_run: bool,
    explain: Option<Level>,
}

impl StepItem {
    fn request(self, principal: Arc<Principal>, default: Level) -> Request {
        let Self { agent, idempotency_key, if_match, observation, executed_action, elapsed, dry_run, explain } = self;
        let body = StepBody { observation, executed_action, elapsed, dry_run, explain: explain.unwrap_or(default) };
        let guarded = Guarded { idempotency_key: idempotency_key.map(IdempotencyKey::text), if_match };
        Request { principal, agent, guarded, ask: Ask::Step(body.ask()), walk: None }
    }
}

/// Let many agents decide
///
/// Each item has its own status: what is wrong with one keeps nobody from being served. What is answered with 200 is on
/// disk.
#[utoipa::path(
    post,
    path = "/api/v1/steps",
    request_body = StepBatch,
    responses(
        (status = 200, description = "What became of each item, in the order given.", body = StepOutcomes),
        Failures,
    ),
)]
pub(crate) async fn step_agents(
    caller: Allowed<StepAgents>,
    State(platform): State<Platform>,
    Extension(context): Extension<Context>,
    _: NoGuards,
    Json(StepBatch { items, explain }): Json<StepBatch>,
) -> Result<Response, Problem> {
    bound(&platform, &items, "/items")?;
    let (principal, default) = (caller.principal(), explain.unwrap_or(Level::None));
    let request = |item: StepItem| item.request(principal.clone(), default);
    let mut items: Vec<_> = items.into_iter().map(|Lenient(item)| item.map(request)).collect();
    // One stands for all: thousands of spans would tell no more.
    if let Some(Ok(first)) = items.first_mut() {
        first.walk = context.walk();
    }
    Ok(ask_each(&platform, Some(&context), items).await)
}
