//! Everything that watches, read from its source and rendered.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::alert::{Alert, Family};
use crate::dashboard::Dashboard;
use crate::objective::{self, Objective};
use crate::scrape::Scrape;
use crate::{page, yaml};

/// What stands above every rendered file that can hold a comment.
const MADE: &str = "Written by a test from infra/monitoring/source, which is what to edit:\n\
                    UPDATE_DOCS=1 cargo nextest run -p monitoring fresh";

/// Where rendered files go.
const FOLDER: &str = "infra/monitoring";

/// All that watches a service.
#[derive(Clone, Debug)]
pub struct Kit {
    /// Where runbooks are found.
    pub runbooks: String,
    /// Alerts.
    pub families: Vec<Family>,
    /// What is promised.
    pub objectives: Vec<Objective>,
    /// What is looked at.
    pub dashboards: Vec<Dashboard>,
    /// What is scraped.
    pub scrape: Scrape,
}

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// A file is not there or cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {source}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: Box<toml::de::Error>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct General {
    runbooks: String,
    scrape: Scrape,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Objectives {
    objective: Vec<Objective>,
}

impl Kit {
    /// Reads a folder of sources.
    ///
    /// # Errors
    /// If a file is not there or is not what it should be.
    pub fn read(source: &Path) -> Result<Self, KitError> {
        let General { runbooks, scrape } = file(&source.join("kit.toml"))?;
        let Objectives { objective: objectives } = file(&source.join("objectives.toml"))?;
        let families = folder(&source.join("alerts"))?.into_iter().map(|(name, family)| Family { name, ..family });
        let dashboards = folder(&source.join("dashboards"))?;
        let dashboards = dashboards.into_iter().map(|(name, dashboard)| Dashboard { name, ..dashboard });
        Ok(Self { runbooks, families: families.collect(), objectives, dashboards: dashboards.collect(), scrape })
    }

    /// Every alert with the name of its family, those of objectives too.
    pub fn all_alerts(&self) -> impl Iterator<Item = (&str, Alert)> {
        let of_families = self.families.iter().flat_map(|family| {
            let name = family.name.as_str();
            family.alerts.iter().cloned().map(move |alert| (name, alert))
        });
        let of_objectives = self.objectives.iter().flat_map(|objective| objective.alerts());
        of_families.chain(of_objectives.map(|alert| (objective::FAMILY, alert)))
    }

    /// Every expression of a rule, with what it belongs to.
    pub fn expressions(&self) -> Vec<(String, String)> {
        let recorded = self.families.iter().flat_map(|family| &family.recordings);
        let recorded = recorded.map(|one| (one.record.clone(), one.expr.clone()));
        let promised = self.objectives.iter().map(|one| (one.name.clone(), one.bad.replace("$window", "5m")));
        recorded.chain(promised).chain(self.all_alerts().map(|(_, alert)| (alert.name, alert.expr))).collect()
    }

    /// The configuration of Prometheus.
    pub fn prometheus(&self) -> String {
        yaml::document(MADE, &self.scrape.configuration())
    }

    /// All rendered files, by their path in the repository.
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        files.insert(format!("{FOLDER}/prometheus/prometheus.yml"), self.prometheus());
        files.insert("docs/alerts.md".to_owned(), page::alerts(self));
        for family in &self.families {
            let runbook = self.runbook(&family.name);
            files.insert(rules(&family.name), yaml::document(MADE, &family.group(&runbook)));
            files.insert(tests(&family.name), yaml::document(MADE, &family.tests(&runbook, "1m")));
        }
        files.insert(rules(objective::FAMILY), yaml::document(MADE, &self.promises()));
        let promises = self.family_of_objectives();
        let cases = promises.tests(&self.runbook(objective::FAMILY), objective::PACE);
        files.insert(tests(objective::FAMILY), yaml::document(MADE, &cases));
        for dashboard in &self.dashboards {
            let path = format!("{FOLDER}/grafana/dashboards/{}.json", dashboard.name);
            files.insert(path, format!("{:#}\n", dashboard.document()));
        }
        files
    }

    fn runbook(&self, family: &str) -> String {
        format!("{}/{family}.md", self.runbooks)
    }

    /// The rules of objectives: a group of what is recorded, then the alerts on it.
    fn promises(&self) -> Value {
        let recordings: Vec<Value> = self.objectives.iter().flat_map(Objective::recordings).collect();
        let mut document = self.family_of_objectives().group(&self.runbook(objective::FAMILY));
        if let Some(rules) = document.pointer_mut("/groups/0/rules").and_then(Value::as_array_mut) {
            let alerts = std::mem::take(rules);
            *rules = recordings.into_iter().chain(alerts).collect();
        }
        json!(document)
    }

    fn family_of_objectives(&self) -> Family {
        let alerts = self.objectives.iter().flat_map(|objective| objective.alerts()).collect();
        let (title, about) = (String::new(), String::new());
        Family { name: objective::FAMILY.to_owned(), title, about, recordings: Vec::new(), alerts }
    }
}

fn rules(family: &str) -> String {
    format!("{FOLDER}/prometheus/rules/{family}.yml")
}

fn tests(family: &str) -> String {
    format!("{FOLDER}/prometheus/tests/{family}.yml")
}

/// All files of a folder, by their names without the ending.
fn folder<T: DeserializeOwned>(path: &Path) -> Result<BTreeMap<String, T>, KitError> {
    let unreadable = |source| KitError::Unreadable { path: path.to_owned(), source };
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(name) = path.file_stem().filter(|_| path.extension().is_some_and(|ending| ending == "toml")) {
            found.insert(name.to_string_lossy().into_owned(), file(&path)?);
        }
    }
    Ok(found)
}

fn file<T: DeserializeOwned>(path: &Path) -> Result<T, KitError> {
    let text = fs::read_to_string(path);
    let text = text.map_err(|source| KitError::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|source| KitError::Wrong { path: path.to_owned(), source: Box::new(source) })
}
