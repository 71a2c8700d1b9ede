//! A case of an alert's test: series over time, and what is said of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::alert::Alert;

/// Series in the notation of `promtool`, a sample a minute, and the moment at which is looked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// When is looked, counted from the first sample.
    pub at: String,
    /// The series with their samples.
    pub series: BTreeMap<String, String>,
    /// The labels that the alert has, beside its severity and family.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Its summary with the values of the case; where the summary has none it need not be said again.
    pub says: Option<String>,
}

impl Case {
    /// The case as `promtool` takes it.
    pub(crate) fn test(&self, alert: &Alert, family: &str, runbook: &str, fires: bool) -> Value {
        let series: Vec<Value> =
            self.series.iter().map(|(series, values)| json!({ "series": series, "values": values })).collect();
        let mut expected = Vec::new();
        if fires {
            let mut labels = self.labels.clone();
            labels.insert("severity".into(), alert.severity.name().into());
            labels.insert("family".into(), family.into());
            let summary = self.says.as_ref().unwrap_or(&alert.summary);
            expected.push(json!({ "exp_labels": labels, "exp_annotations": alert.annotations(summary, runbook) }));
        }
        json!({
            "name": format!("{} {}", alert.name, if fires { "fires" } else { "stays quiet" }),
            "interval": "1m",
            "input_series": series,
            "alert_rule_test": [{ "eval_time": self.at, "alertname": alert.name, "exp_alerts": expected }],
        })
    }
}
