//! Which agents are meant, as it stands behind the `?`.

use axiomcore::http::codes::INVALID_PARAMETER;
use axiomcore::http::{Problem, Query};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

use crate::agents::store::Selection;
use crate::agents::{AgentName, Labels};
use crate::models::Reference;
use crate::server::codes::INVALID_CURSOR;
use crate::server::page::PageSize;
use axiomcore::hex;

/// Which agents, and which page of them.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AgentListing {
    /// Labels that all of them have, each as `name=value`; may be given several times.
    #[param(inline, rename = "label", value_type = Option<Vec<LabelText>>, max_items = 32)]
    pub(crate) labels: Labels,
    /// The model that all of them have: `watchdog` for any version of it, `watchdog@2` for one.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(@[1-9][0-9]{0,8})?$")]
    pub(crate) model: Option<Reference>,
    /// How many items at most.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000, default = 100)]
    pub(crate) limit: PageSize,
    /// The `next` of the page before.
    #[param(value_type = Option<String>, pattern = "^(2d|3[0-9a]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])(2[de]|3[0-9a]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a]){0,127}$")]
    pub(crate) after: Cursor,
}

/// A label in an address.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, pattern = "^[A-Za-z0-9._:/-]{1,63}=[A-Za-z0-9._:/@+ -]{0,63}$")]
#[expect(dead_code, reason = "only described")]
pub(crate) struct LabelText(String);

/// The agent after which a page begins: opaque, so that nobody relies on the order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor(pub(crate) String);

impl Cursor {
    /// After this agent.
    pub(crate) fn after(name: &str) -> String {
        hex::encode(name.as_bytes())
    }

    fn read(text: &str) -> Result<Self, Problem> {
        let name = hex::decode(text).and_then(|bytes| String::from_utf8(bytes).ok());
        let name = name.filter(|name| AgentName::new(name).is_ok());
        name.map(Self).ok_or_else(|| Problem::new(&INVALID_CURSOR))
    }
}

impl AgentListing {
    /// As the store takes it.
    pub(crate) fn selection(self) -> Selection {
        Selection { labels: self.labels, model: self.model }
    }

    fn read(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let labels = labels(pairs)?;
        let model = single(pairs, "model")?.map(|text| {
            Reference::read(text).ok_or_else(|| wrong(format!("model: `{text}` is neither `name` nor `name@version`")))
        });
        let limit = single(pairs, "limit")?.map(|text| {
            let number: Result<usize, _> = text.parse();
            let number = number.map_err(|_| wrong(format!("limit: `{text}` is no number")))?;
            PageSize::try_from(number).map_err(wrong)
        });
        let after = single(pairs, "after")?.map(Cursor::read).transpose()?.unwrap_or_default();
        only(pairs, &["label", "model", "limit", "after"])?;
        Ok(Self { labels, model: model.transpose()?, limit: limit.transpose()?.unwrap_or_default(), after })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AgentListing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Self::read(&pairs(parts, state).await?)
    }
}

/// What stands behind the `?`, in order; names may stand there several times.
pub(crate) async fn pairs<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Vec<(String, String)>, Problem> {
    Query::from_request_parts(parts, state).await.map(|Query(pairs)| pairs)
}

/// All labels.
pub(crate) fn labels(pairs: &[(String, String)]) -> Result<Labels, Problem> {
    let texts: Vec<&str> = pairs.iter().filter(|(name, _)| name == "label").map(|(_, text)| text.as_str()).collect();
    let labels = Labels::select(texts.iter().copied()).map_err(|error| wrong(format!("label: {error}")))?;
    if labels.map().len() == texts.len() {
        Ok(labels)
    } else {
        // No agent has two values of one label; whoever asks for that is mistaken.
        Err(wrong("label: a name stands there more than once".to_owned()))
    }
}

/// A parameter that may stand there once.
pub(crate) fn single<'p>(pairs: &'p [(String, String)], wanted: &str) -> Result<Option<&'p str>, Problem> {
    let mut values = pairs.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (found, None) => Ok(found),
        _ => Err(wrong(format!("{wanted}: it stands there more than once"))),
    }
}

/// Refuses parameters that are not among these.
pub(crate) fn only(pairs: &[(String, String)], known: &[&str]) -> Result<(), Problem> {
    match pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => Err(wrong(format!("unknown field `{name}`, expected one of {}", known.join(", ")))),
    }
}

pub(crate) fn wrong(detail: String) -> Problem {
    Problem::new(&INVALID_PARAMETER).detail(detail)
}
