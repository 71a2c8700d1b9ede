//! A profile: what is required of a service, and what has to be executed to believe it.
//!
//! It is a TOML file. One that comes with this crate is that of the product it was made for; any other judges any other
//! repository and service.

mod category;
mod check;
mod limit;
mod order;
mod pattern;
mod priority;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub(crate) use category::Category;
pub(crate) use limit::{Limit, five_minutes};
pub(crate) use order::natural;
pub(crate) use pattern::Pattern;
pub(crate) use priority::Priority;

use crate::proofs::{CommandProof, HttpProof, MetricsProof, TestsProof};

const EMBEDDED: &str = include_str!("../../profiles/freeagentics.toml");

/// What is required, and the proofs of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub(crate) product: Product,
    pub(crate) service: Option<ServiceProfile>,
    #[serde(default)]
    pub(crate) tests: TestRun,
    #[serde(default)]
    pub(crate) sign_off: Vec<SignOff>,
    #[serde(rename = "requirement")]
    pub(crate) requirements: BTreeMap<String, Requirement>,
}

/// Why a profile cannot be used: everything that is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ProfileError(Vec<String>);

impl Profile {
    /// The profile of the product that this crate comes with.
    ///
    /// # Errors
    /// Never in a build whose tests have run.
    pub fn embedded() -> Result<Self, ProfileError> {
        Self::read(EMBEDDED)
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// If it is not TOML, or has other keys than a profile has, or contradicts itself.
    pub fn read(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|error| ProfileError(vec![error.to_string()]))?;
        let faults = check::faults(&profile);
        if faults.is_empty() { Ok(profile) } else { Err(ProfileError(faults)) }
    }

    /// The ids of all requirements, as people count: A2 before A10.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.requirements.keys().map(String::as_str).collect();
        ids.sort_by_cached_key(|id| natural(id));
        ids
    }

    /// What the requirement with this id demands.
    pub fn text(&self, id: &str) -> Option<&str> {
        self.requirements.get(id).map(|requirement| requirement.text.as_str())
    }
}

/// What is judged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    pub(crate) name: String,
    pub(crate) version: Option<VersionSource>,
    #[serde(default = "days_to_the_next_review")]
    pub(crate) review_after_days: u64,
}

fn days_to_the_next_review() -> u64 {
    30
}

/// Where the version stands: the first group of a pattern in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionSource {
    pub(crate) file: PathBuf,
    pub(crate) pattern: Pattern,
}

/// How the service is started and spoken to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceProfile {
    /// The command that starts it for an examination, on a free port, with its data under `{scratch}`.
    #[serde(default)]
    pub(crate) start: Vec<String>,
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// Finds `host:port` in what the started service says.
    pub(crate) address: Option<Pattern>,
    /// Finds the `host:port` of its metrics there.
    pub(crate) metrics: Option<Pattern>,
    /// Answers 200 when the service takes requests.
    #[serde(default = "root_path")]
    pub(crate) ready: String,
    #[serde(default = "limit::thirty_seconds")]
    pub(crate) ready_within: Limit,
    /// The header of a request with a credential.
    #[serde(default = "bearer")]
    pub(crate) credential: String,
}

fn root_path() -> String {
    "/".into()
}

fn bearer() -> String {
    "authorization: Bearer {token}".into()
}

/// How tests are run, and what kinds of tests there are.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestRun {
    pub(crate) limit: Option<Limit>,
    /// The first whose pattern matches `package binary test` is a test's kind.
    #[serde(default)]
    pub(crate) kind: Vec<TestKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestKind {
    pub(crate) name: String,
    pub(crate) matching: Pattern,
}

/// Who signs what before it goes into production.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOff {
    pub(crate) role: String,
    pub(crate) items: Vec<String>,
}

/// One requirement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    pub(crate) text: String,
    pub(crate) category: Category,
    pub(crate) priority: Priority,
    #[serde(default)]
    pub(crate) tests: Vec<TestsProof>,
    #[serde(default)]
    pub(crate) command: Vec<CommandProof>,
    #[serde(default)]
    pub(crate) http: Vec<HttpProof>,
    #[serde(default)]
    pub(crate) metrics: Vec<MetricsProof>,
    /// Parts of the requirement that no proof covers yet.
    #[serde(default)]
    pub(crate) missing: Vec<String>,
    /// Files and pages that support it. They prove nothing.
    #[serde(default)]
    pub(crate) see: Vec<String>,
}
