//! Where a stream begins.

use axiomcore::http::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

use crate::agents::Labels;
use crate::agents::routes::guards;
use crate::agents::routes::selection::{self, LabelText, pairs};

/// The event after which a stream begins.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct After {
    /// Begin after this event; without it, with what happens from now on.
    #[param(maximum = 9_007_199_254_740_991_u64)]
    pub(crate) after: Option<u64>,
}

/// What a browser sends when it connects again.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only described: it is read together with `after`, before which it goes")]
pub(crate) struct LastEventId {
    /// Begin after this event; goes before `after`. Browsers send it by themselves when they connect again.
    #[param(inline, rename = "Last-Event-ID", value_type = Option<String>, pattern = "^[0-9]{1,16}$")]
    last_event_id: Option<u64>,
}

/// Which agents a stream is about.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Followed {
    /// Labels that all of them have, each as `name=value`; may be given several times. Without any: all agents.
    #[param(inline, rename = "label", value_type = Option<Vec<LabelText>>, max_items = 32)]
    pub(crate) labels: Labels,
}

impl After {
    /// From headers and what stands behind the `?`.
    fn read(parts: &Parts, pairs: &[(String, String)]) -> Result<Self, Problem> {
        let number = |text: &str| text.parse().ok().filter(|_| text.len() <= 16 && !text.starts_with('+'));
        if let Some(text) = guards::only(&parts.headers, "Last-Event-ID")? {
            let wrong = || guards::wrong("Last-Event-ID", format!("`{text}` is no place in the log"));
            return Ok(Self { after: Some(number(text).ok_or_else(wrong)?) });
        }
        let after = selection::single(pairs, "after")?;
        let wrong = |text: &str| selection::wrong(format!("after: `{text}` is no place in the log"));
        Ok(Self { after: after.map(|text| number(text).ok_or_else(|| wrong(text))).transpose()? })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for After {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = pairs(parts, state).await?;
        selection::only(&pairs, &["after"])?;
        Self::read(parts, &pairs)
    }
}

/// Both: which agents, and from where on.
#[derive(Clone, Debug)]
pub(crate) struct Start(pub(crate) Followed, pub(crate) After);

impl<S: Send + Sync> FromRequestParts<S> for Start {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = pairs(parts, state).await?;
        let labels = selection::labels(&pairs)?;
        selection::only(&pairs, &["label", "after"])?;
        Ok(Self(Followed { labels }, After::read(parts, &pairs)?))
    }
}
