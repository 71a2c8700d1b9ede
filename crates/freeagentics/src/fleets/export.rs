//! `GET /api/v1/fleets/export`.

use std::collections::BTreeSet;

use axiomcore::http::Problem;
use axiomcore::identity::Allowed;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::Response;
use futures_util::stream;

use super::line::{AgentLine, Line};
use crate::agents::routes::selection::{self, LabelText, pairs};
use crate::agents::store::{Selection, list};
use crate::agents::{AgentName, Current, Labels};
use crate::log::What;
use crate::models::Referred;
use crate::server::Platform;
use crate::server::permissions::{ReadAgents, ReadModels};

/// So many agents are read at once.
const PAGE: usize = 200;

/// The media type of JSON lines.
pub(super) const NDJSON: &str = "application/x-ndjson";

/// Which agents.
#[derive(Clone, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Fleet {
    /// Labels that all of them have, each as `name=value`; at least one.
    #[param(inline, rename = "label", value_type = Vec<LabelText>, min_items = 1, max_items = 32)]
    labels: Labels,
}

impl<S: Send + Sync> FromRequestParts<S> for Fleet {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = pairs(parts, state).await?;
        let labels = selection::labels(&pairs)?;
        selection::only(&pairs, &["label"])?;
        if labels.is_empty() {
            return Err(selection::wrong("label: at least one is needed".to_owned()));
        }
        Ok(Self { labels })
    }
}

/// Export a fleet
///
/// JSON lines: each agent as it is now, and before the first agent of a model that model. `POST /api/v1/import` takes them
/// in on another server. The history of the agents stays here. It takes `models:read` as well.
#[utoipa::path(
    get,
    path = "/api/v1/fleets/export",
    params(Fleet),
    responses((status = 200, description = "Models and agents, one a line.", body = String, content_type = NDJSON)),
)]
pub(crate) async fn export_fleet(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    Fleet { labels }: Fleet,
) -> Result<Response, Problem> {
    // The documents of their models go with them.
    caller.require::<ReadModels>()?;
    let selection = Selection { labels, model: None };
    let export =
        Export { platform, workspace: caller.workspace, selection, after: String::new(), told: BTreeSet::new() };
    // The first page before the answer begins, so that what fails at once is a problem and no broken answer.
    let (first, export) = export.page().await?;
    let rest = stream::try_unfold(export, |export| async move {
        match export {
            None => Ok(None),
            Some(export) => export.page().await.map(Some).map_err(|problem| std::io::Error::other(problem.to_string())),
        }
    });
    let first = stream::once(async move { Ok(first) });
    let body = Body::from_stream(stream::StreamExt::chain(first, rest));
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    Ok(response)
}

/// An export under way.
struct Export {
    platform: Platform,
    workspace: i64,
    selection: Selection,
    /// The last agent that was written.
    after: String,
    /// Keys of models that were written.
    told: BTreeSet<i64>,
}

impl Export {
    /// The next lines, and what remains to be done.
    async fn page(mut self) -> Result<(Bytes, Option<Self>), Problem> {
        let page = move || -> Result<(Bytes, Option<Self>), Problem> {
            let (text, is_last) = self.lines()?;
            Ok((text.into(), (!is_last).then_some(self)))
        };
        tokio::task::spawn_blocking(page).await.map_err(Problem::internal)?
    }

    fn lines(&mut self) -> Result<(String, bool), Problem> {
        let Self { platform, workspace, selection, after, told } = self;
        let (log, library) = (platform.runtime.log(), &platform.library);
        let found =
            platform.database.read_blocking(|connection| list(connection, *workspace, selection, after, PAGE))?;
        let is_last = found.len() < PAGE;
        if let Some(last) = found.last() {
            after.clone_from(&last.name);
        }
        let mut text = String::new();
        for current in Current::of(log, library, *workspace, found)? {
            let Ok(id) = AgentName::new(&current.stored.name) else { continue };
            if current.last.told.what == What::Deleted {
                continue;
            }
            let key = current.last.told.model;
            if told.insert(key) {
                let version = library.version_blocking(*workspace, key)?;
                text.push_str(&Line::from(version).text().map_err(Problem::internal)?);
            }
            let model = Referred::of(&*library.compiled_blocking(*workspace, key)?);
            let agent = Line::Agent(AgentLine::of(id, model, &current));
            text.push_str(&agent.text().map_err(Problem::internal)?);
        }
        Ok((text, is_last))
    }
}
