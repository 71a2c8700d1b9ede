//! `POST /api/v1/agents/batch`.

use std::collections::BTreeMap;

use axiomcore::http::{Context, Json, Problem, StatusCode};
use axiomcore::identity::Allowed;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::Listing;
use super::lenient::{Lenient, bound};
use super::new_agent::{NewAgentBody, Prepared, find, taken};
use crate::agents::{AgentName, Labels};
use crate::models::Referred;
use crate::server::Platform;
use crate::server::codes::TOO_MANY_ITEMS;
use crate::server::openapi::failures;
use crate::server::permissions::WriteAgents;

failures! { Failures: TOO_MANY_ITEMS }

/// Agents to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAgents)]
pub(crate) struct AgentBatch {
    #[schema(value_type = Vec<NewAgentBody>, max_items = 10_000)]
    agents: Vec<Lenient<NewAgentBody>>,
}

/// What became of one of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentOutcome {
    /// The status that a request of its own would have had.
    #[schema(minimum = 200, maximum = 599)]
    status: u16,
    /// The agent, if it was made.
    agent: Option<MadeAgent>,
    /// Why it was not; places are those within the item.
    #[schema(value_type = Option<Object>)]
    problem: Option<()>,
}

/// What became of each of them, in the order given.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentOutcomes {
    items: Vec<AgentOutcome>,
}

/// An agent that was made; it has seen nothing yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeAgent {
    #[schema(value_type = AgentName)]
    id: String,
    model: Referred,
    labels: Labels,
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    seed: u64,
    #[schema(minimum = 1)]
    revision: u64,
}

/// Make many agents
///
/// In one transaction; each item has its own status, and one that cannot be made keeps no other from being made.
#[utoipa::path(
    post,
    path = "/api/v1/agents/batch",
    request_body = AgentBatch,
    responses((status = 200, description = "What became of each item, in the order given.", body = AgentOutcomes), Failures),
)]
pub(crate) async fn create_agents(
    caller: Allowed<WriteAgents>,
    State(platform): State<Platform>,
    Extension(context): Extension<Context>,
    Json(AgentBatch { agents }): Json<AgentBatch>,
) -> Result<Response, Problem> {
    bound(&platform, &agents, "/agents")?;
    let prepared = prepare(&platform, caller.workspace, agents).await?;
    let new = prepared.iter().flatten().map(|prepared| prepared.agent.clone()).collect();
    let mut made = platform.runtime.create(caller.principal(), new).await?.into_iter();
    let mut listing = Listing::new(Some(context.request_id()));
    for item in prepared {
        match item {
            Err(problem) => listing.problem(&problem),
            Ok(prepared) if made.next() == Some(true) => {
                let json = serde_json::to_string(&MadeAgent::of(prepared)).map_err(Problem::internal)?;
                listing.item(StatusCode::CREATED, "agent", &json);
            }
            Ok(prepared) => listing.problem(&taken(&prepared.agent.name)),
        }
    }
    Ok(listing.response())
}

/// With their models, each of which is looked up once.
async fn prepare(
    platform: &Platform,
    workspace: i64,
    agents: Vec<Lenient<NewAgentBody>>,
) -> Result<Vec<Result<Prepared, Problem>>, Problem> {
    let own = platform.clone();
    let prepare = move |connection: &mut dyn axiomcore::store::Connection| {
        let mut models: BTreeMap<String, Result<Referred, Problem>> = BTreeMap::new();
        let mut prepared = Vec::with_capacity(agents.len());
        for Lenient(item) in agents {
            let referred = item.and_then(|body| Ok((body.reference()?, body)));
            prepared.push(match referred {
                Err(problem) => Err(problem),
                Ok((reference, body)) => {
                    let model = match models.get(body.model_text()) {
                        Some(model) => model.clone(),
                        None => {
                            let found = find(connection, &own.library, workspace, &reference)?;
                            models.entry(body.model_text().to_owned()).or_insert(found).clone()
                        }
                    };
                    model.map(|model| body.prepared(&own, model))
                }
            });
        }
        Ok(prepared)
    };
    Ok(platform.database.read(prepare).await?)
}

impl MadeAgent {
    fn of(Prepared { agent, model }: Prepared) -> Self {
        Self { id: agent.name.to_string(), model, labels: agent.labels, seed: agent.seed, revision: 1 }
    }
}
