//! `POST /api/v1/agents/{id}/steps`.

use axiomcore::http::{Context, Json, Path, Problem};
use axiomcore::identity::Allowed;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::answers;
use super::guards::Guards;
use super::step_body::StepBody;
use crate::agents::AgentName;
use crate::decisions::StepAnswer;
use crate::runtime::{Ask, Request};
use crate::server::Platform;
use crate::server::codes::{
    AGENT_BUSY, AGENT_DELETED, AGENT_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_WINDOW_PASSED, INVALID_HEADER,
    OBSERVATION_IMPOSSIBLE, OBSERVATION_INVALID, REVISION_MISMATCH,
};
use crate::server::openapi::failures;
use crate::server::permissions::StepAgents;

failures! {
    Failures: AGENT_NOT_FOUND, AGENT_DELETED, AGENT_BUSY, REVISION_MISMATCH, OBSERVATION_INVALID, OBSERVATION_IMPOSSIBLE,
    IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_WINDOW_PASSED, INVALID_HEADER,
}

/// Let an agent decide
///
/// It takes in what was seen, weighs its plans and chooses. When this is answered, the step is on disk.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/steps",
    params(AgentName, Guards),
    request_body = StepBody,
    responses(
        (status = 200, description = "What it decided, and why as far as `explain` says.", body = StepAnswer,
         headers(
            ("ETag" = String, description = "The agent's revision, in quotes; none for a dry run."),
            ("Idempotent-Replay" = String, description = "`true` if this is the answer to an earlier request."),
         )),
        Failures,
    ),
)]
pub(crate) async fn step_agent(
    caller: Allowed<StepAgents>,
    State(platform): State<Platform>,
    Extension(context): Extension<Context>,
    Path(agent): Path<AgentName>,
    guards: Guards,
    Json(body): Json<StepBody>,
) -> Result<Response, Problem> {
    let (dry_run, ask) = (body.dry_run, Ask::Step(body.ask()));
    let (guarded, walk) = (guards.guarded(), context.walk());
    let request = Request { principal: caller.principal(), agent, guarded, ask, walk };
    Ok(answers::step(platform.runtime.ask(request).await?, dry_run))
}
