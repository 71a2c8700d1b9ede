//! What Prometheus scrapes, and how often.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The jobs of a Prometheus.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scrape {
    /// How often everything is scraped and every rule is evaluated.
    pub interval: String,
    /// Where Alertmanager is.
    pub alertmanager: String,
    /// Which files hold rules, from the folder of the configuration.
    pub rules: String,
    /// What is scraped.
    #[serde(rename = "job")]
    pub jobs: Vec<Job>,
}

/// Something that is scraped.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The value of the label `job`.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Addresses; of a probe, the URLs that are asked.
    pub targets: Vec<String>,
    /// How it is probed, if it is.
    pub probe: Option<Probe>,
    /// A file with the authority of its certificate, if it speaks TLS.
    pub authority: Option<String>,
}

/// A look from outside, by `blackbox_exporter`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Where the exporter is.
    pub exporter: String,
    /// The module of its configuration.
    pub module: String,
}

impl Scrape {
    /// The configuration of Prometheus.
    pub(crate) fn configuration(&self) -> Value {
        json!({
            "global": { "scrape_interval": self.interval, "evaluation_interval": self.interval },
            "rule_files": [self.rules],
            "alerting": { "alertmanagers": [{ "static_configs": [{ "targets": [self.alertmanager] }] }] },
            "scrape_configs": self.jobs.iter().map(Job::configuration).collect::<Vec<Value>>(),
        })
    }
}

impl Job {
    fn configuration(&self) -> Value {
        let mut job = Map::new();
        job.insert("job_name".into(), self.name.as_str().into());
        if let Some(authority) = &self.authority {
            job.insert("scheme".into(), "https".into());
            job.insert("tls_config".into(), json!({ "ca_file": authority }));
        }
        if let Some(Probe { exporter, module }) = &self.probe {
            job.insert("metrics_path".into(), "/probe".into());
            job.insert("params".into(), json!({ "module": [module] }));
            let asked = json!({ "source_labels": ["__address__"], "target_label": "__param_target" });
            let named = json!({ "source_labels": ["__param_target"], "target_label": "instance" });
            let asker = json!({ "target_label": "__address__", "replacement": exporter });
            job.insert("relabel_configs".into(), json!([asked, named, asker]));
        }
        job.insert("static_configs".into(), json!([{ "targets": self.targets }]));
        job.into()
    }
}
