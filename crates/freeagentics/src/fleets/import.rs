//! `POST /api/v1/import`.

use std::time::Duration;

use axiomcore::http::codes::{OVERLOADED, UNSUPPORTED_MEDIA_TYPE};
use axiomcore::http::{Json, Problem, body_of};
use axiomcore::identity::{Allowed, Principal};
use axiomcore::store::{self, Connection};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use serde::Serialize;
use utoipa::ToSchema;

use super::export::NDJSON;
use super::manifest::{Arriving, Manifest, Reader, Source};
use crate::agents::NewAgent;
use crate::models::Library;
use crate::server::Platform;
use crate::server::codes::IMPORT_INVALID;
use crate::server::openapi::failures;
use crate::server::permissions::{WriteAgents, WriteModels};

failures! { Failures: IMPORT_INVALID }

/// What was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Imported {
    /// Versions of models, those that were here already included.
    models: usize,
    /// Agents.
    agents: usize,
}

/// Import a fleet
///
/// Takes in what `GET /api/v1/fleets/export` gave out, all of it or nothing: agents keep their ids, labels, seeds, what
/// they believe and how far they have counted. Ids must be free here. Models that are not here yet take `models:write` as
/// well.
#[utoipa::path(
    post,
    path = "/api/v1/import",
    request_body(content = String, content_type = NDJSON, description = "Models and agents, one a line."),
    responses((status = 200, description = "All of it is here now.", body = Imported), Failures),
)]
pub(crate) async fn import_fleet(
    caller: Allowed<WriteAgents>,
    State(platform): State<Platform>,
    request: Request,
) -> Result<Json<Imported>, Problem> {
    let content = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(NDJSON) {
        return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).mend(format!("send JSON lines as {NDJSON}")));
    }
    let place = platform.importing.enter(caller.workspace).ok_or_else(|| {
        let told = Problem::new(&OVERLOADED).detail("another import of this workspace is under way");
        told.retry_after(Duration::from_secs(5))
    })?;
    let body = body_of(request).await?;
    let _turn = place.turn().await;
    let (own, principal) = (platform.clone(), caller.principal());
    platform.compute(caller.workspace, move || import(&own, &principal, &body)).await?.map(Json)
}

fn import(platform: &Platform, principal: &Principal, text: &[u8]) -> Result<Imported, Problem> {
    let library = &platform.library;
    let manifest = Reader::new(library, &platform.database, principal.workspace).read(text)?;
    if !manifest.problems.is_empty() {
        return Err(refused(manifest));
    }
    let Manifest { models, agents, .. } = manifest;
    let (n_models, n_agents) = (models.len(), agents.len());
    let places: Vec<(usize, String)> = agents.iter().map(|one| (one.line, one.agent.name.to_string())).collect();
    let mut allowed = Ok(());
    let gather = |connection: &mut dyn Connection| {
        let (agents, brings_models) = arrive(connection, library, principal, models, agents)?;
        if brings_models {
            allowed = principal.require::<WriteModels>();
        }
        // An error undoes the transaction.
        if allowed.is_ok() { Ok(agents) } else { Err(store::Error::Conflict) }
    };
    let made = platform.runtime.create_all_blocking(principal, gather);
    allowed?;
    match made? {
        Ok(_) => Ok(Imported { models: n_models, agents: n_agents }),
        Err(taken) => {
            let mut manifest = Manifest::default();
            for (line, name) in taken.iter().filter_map(|at| places.get(*at)) {
                manifest.complain(*line, "agent_exists", format!("there is an agent `{name}`, or there was one"));
            }
            Err(refused(manifest))
        }
    }
}

/// Stores the models; from there on the agents' are known. Says whether any of the models was not here before.
fn arrive(
    connection: &mut dyn Connection,
    library: &Library,
    principal: &Principal,
    models: Vec<crate::models::library::Checked>,
    agents: Vec<Arriving>,
) -> store::Result<(Vec<NewAgent>, bool)> {
    let (mut keys, mut brings_models) = (Vec::with_capacity(models.len()), false);
    for checked in models {
        let (version, is_new) = library.create_in(connection, principal, &checked)?;
        keys.push(version.key);
        brings_models |= is_new;
    }
    let key = |source| match source {
        Source::There(key) => Some(key),
        Source::Here(at) => keys.get(at).copied(),
    };
    let agent = |Arriving { model, agent, .. }| Some(NewAgent { model: key(model)?, ..agent });
    let arrived: Option<Vec<NewAgent>> = agents.into_iter().map(agent).collect();
    let missing = || store::Error::Failed("an agent's model is not among those that were read".into());
    Ok((arrived.ok_or_else(missing)?, brings_models))
}

fn refused(Manifest { problems, omitted, .. }: Manifest) -> Problem {
    let told = Problem::new(&IMPORT_INVALID).with("omitted", omitted);
    told.with("problems", serde_json::to_value(problems).unwrap_or_default())
}
