//! `GET /api/v1/fleets/export`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use axiomcore::http::Problem;
use axiomcore::identity::{Allowed, Require};
use axiomcore::store;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;

use super::line::{AgentLine, Line, OmittedLine};
use crate::agents::routes::selection::{self, LabelText, pairs};
use crate::agents::store::{Selection, list};
use crate::agents::{AgentName, Current, Damaged, Labels};
use crate::log::What;
use crate::models::{Library, Referred};
use crate::server::Platform;
use crate::server::pages::{self, Pages, Reader};
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
/// in on another server. The history of the agents stays here. It takes `models:read` as well, and both until it has ended: if
/// the credential is taken away meanwhile, the answer breaks off. An agent that cannot be read is named on a line of the kind
/// `omitted`, which an import passes over.
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
    let (identity, principal, workspace) = (platform.identity.clone(), caller.principal(), caller.workspace);
    let export = Export { platform, workspace, selection, after: String::new(), told: BTreeMap::new() };
    let reader = Reader { identity, principal, needs: &[ReadAgents::PERMISSION, ReadModels::PERMISSION] };
    pages::answer(reader, export, NDJSON).await
}

/// An export under way.
struct Export {
    platform: Platform,
    workspace: i64,
    selection: Selection,
    /// The last agent that was written.
    after: String,
    /// By their keys, the models that agents were written of; nothing for one that cannot be read.
    told: BTreeMap<i64, Option<Referred>>,
}

impl Pages for Export {
    async fn page(mut self) -> Result<(Bytes, Option<Self>), Problem> {
        let page = move || -> Result<(Bytes, Option<Self>), Problem> {
            let (text, is_last) = self.lines()?;
            Ok((text.into(), (!is_last).then_some(self)))
        };
        tokio::task::spawn_blocking(page).await.map_err(Problem::internal)?
    }
}

impl Export {
    /// The next lines, and whether they are the last.
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
        let mut write = |line: Line| line.text().map(|line| text.push_str(&line)).map_err(Problem::internal);
        for current in Current::each(log, library, *workspace, found)? {
            let current = match current {
                Ok(current) if current.last.told.what == What::Deleted => continue,
                Ok(current) => current,
                Err(damaged) => {
                    write(omitted(damaged))?;
                    continue;
                }
            };
            let (name, key) = (&current.stored.name, current.last.told.model);
            let Ok(id) = AgentName::new(name) else { continue };
            let model = match told.entry(key) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => {
                    let (model, line) = model(library, *workspace, key)?;
                    line.map(&mut write).transpose()?;
                    free.insert(model)
                }
            };
            write(match model.clone() {
                Some(model) => Line::Agent(AgentLine::of(id, model, &current)),
                None => omitted(Damaged { name: name.clone(), why: "its model cannot be read again".to_owned() }),
            })?;
        }
        Ok((text, is_last))
    }
}

/// A model and its line; neither if it cannot be read again, for then nobody could take it in.
fn model(library: &Library, workspace: i64, key: i64) -> store::Result<(Option<Referred>, Option<Line>)> {
    match library.compiled_blocking(workspace, key) {
        Ok(compiled) => {
            let version = library.version_blocking(workspace, key)?;
            Ok((Some(Referred::of(&compiled)), Some(version.into())))
        }
        Err(store::Error::Corrupt(why)) => {
            tracing::error!(workspace, "a model is not exported: {why}");
            Ok((None, None))
        }
        Err(error) => Err(error),
    }
}

/// One agent that cannot be read keeps nobody from having the others. Why is for those who see the log.
fn omitted(damaged: Damaged) -> Line {
    tracing::error!(agent = damaged.name, "an agent is not exported: {damaged}");
    let detail = "its model, or what it has become, cannot be read; the log of the server says why".to_owned();
    Line::Omitted(OmittedLine { id: damaged.name, detail })
}
