//! An agent to be made, as it stands in a body.

use axiomcore::http::Problem;
use axiomcore::http::codes::INVALID_BODY;
use axiomcore::store::{Connection, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::agents::{AgentName, Labels, NewAgent, Seed};
use crate::models::{Library, Reference, Referred};
use crate::server::Platform;
use crate::server::codes::{AGENT_EXISTS, MODEL_NOT_FOUND};

/// An agent to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAgent)]
pub(crate) struct NewAgentBody {
    /// Its id, if the caller has one for it; a UUID without it. With an id of one's own, asking again is safe.
    id: Option<AgentName>,
    /// Its model: `watchdog`, the latest version there is now, or `watchdog@2`.
    #[schema(pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(@[1-9][0-9]{0,8})?$")]
    model: String,
    #[serde(default)]
    #[schema(value_type = Option<Labels>)]
    labels: Option<Labels>,
    /// What its random choices are drawn from; without it a number that follows from the id.
    seed: Option<Seed>,
}

/// An agent to be made whose model is known.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) agent: NewAgent,
    pub(crate) model: Referred,
}

impl NewAgentBody {
    /// Its model, as it is referred to.
    pub(crate) fn reference(&self) -> std::result::Result<Reference, Problem> {
        let wrong = || {
            let detail = format!("`{}` is neither `name` nor `name@version`", self.model);
            Problem::new(&INVALID_BODY).detail(detail).pointer("/model")
        };
        Reference::read(&self.model).ok_or_else(wrong)
    }

    /// Its model, as it was written.
    pub(crate) fn model_text(&self) -> &str {
        &self.model
    }

    /// With its model.
    pub(crate) fn prepared(self, platform: &Platform, model: Referred) -> Prepared {
        let name = self.id.unwrap_or_else(|| AgentName::of(platform.ids.next()));
        let seed = self.seed.unwrap_or_else(|| Seed::of(name.as_str())).get();
        let labels = self.labels.unwrap_or_default();
        Prepared { agent: NewAgent { name, model: model.key, seed, labels, brought: None }, model }
    }
}

/// The model that is referred to.
pub(crate) fn find(
    connection: &mut dyn Connection,
    library: &Library,
    workspace: i64,
    reference: &Reference,
) -> Result<std::result::Result<Referred, Problem>> {
    let missing = || {
        let version = reference.version.map(|version| format!("@{version}")).unwrap_or_default();
        let detail = format!("there is no model `{}{version}`", reference.name.as_str());
        Problem::new(&MODEL_NOT_FOUND).detail(detail).pointer("/model")
    };
    Ok(library.refer(connection, workspace, reference)?.ok_or_else(missing))
}

/// What is said of a name that is taken.
pub(crate) fn taken(name: &AgentName) -> Problem {
    let detail = format!("there is an agent `{name}`, or there was one");
    Problem::new(&AGENT_EXISTS).detail(detail).pointer("/id")
}
