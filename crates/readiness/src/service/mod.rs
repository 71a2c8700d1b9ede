//! The service that is examined: one that runs already, or one that is started for the examination and ended after it.

mod client;
mod started;
mod trust;

pub(crate) use client::{Answer, Ask, Client};
pub(crate) use started::{Started, credential, start};

use crate::proofs::{Evidence, Outcome};

/// Where proofs find the service.
pub(crate) enum Service {
    NotGiven,
    /// It was to be started, and that did not work.
    NotStarted(String),
    Running(Endpoint),
}

/// A service that answers.
pub(crate) struct Endpoint {
    /// Scheme, host and port, without a slash at the end.
    pub(crate) url: String,
    pub(crate) metrics_url: Option<String>,
    /// A header, its name and its value.
    pub(crate) credential: Option<(String, String)>,
    /// Whether it was started for the examination, so that requests may change things in it.
    pub(crate) is_disposable: bool,
    pub(crate) client: Client,
}

/// Why nothing can be asked.
pub(crate) enum Unusable {
    NotGiven(String),
    Broken(String),
}

impl Unusable {
    /// What that means for a proof: one that was not given is not run; one that does not start has failed.
    pub(crate) fn outcome(self, ran: String) -> Outcome {
        match self {
            Self::NotGiven(why) => Outcome::not_run(ran, why),
            Self::Broken(why) => Outcome::failed(Evidence { ran, ..Evidence::default() }, why),
        }
    }
}

impl Service {
    pub(crate) fn endpoint(&self) -> Result<&Endpoint, Unusable> {
        match self {
            Self::Running(endpoint) => Ok(endpoint),
            Self::NotStarted(why) => Err(Unusable::Broken(format!("the service did not start: {why}"))),
            Self::NotGiven => Err(Unusable::NotGiven("no service was given: `--url URL` or `--start`".into())),
        }
    }
}
