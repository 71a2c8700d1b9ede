//! Rules as Prometheus takes them, and their tests as `promtool` does.

use serde_json::{Map, Value, json};

use crate::alert::{Alert, Family, Recording};

impl Family {
    /// Its group of rules.
    pub(crate) fn group(&self, runbook: &str) -> Value {
        let recordings = self.recordings.iter().map(Recording::rule);
        let alerts = self.alerts.iter().map(|alert| alert.rule(&self.name, runbook));
        json!({ "groups": [{ "name": self.name, "rules": recordings.chain(alerts).collect::<Vec<Value>>() }] })
    }

    /// Every case of its alerts, evaluated so often.
    pub(crate) fn tests(&self, runbook: &str, pace: &str) -> Value {
        let cases = self.alerts.iter().flat_map(|alert| {
            [(&alert.fires, true), (&alert.quiet, false)]
                .map(|(case, fires)| case.test(alert, &self.name, runbook, fires))
        });
        json!({
            "rule_files": [format!("../rules/{}.yml", self.name)],
            "evaluation_interval": pace,
            "tests": cases.collect::<Vec<Value>>(),
        })
    }
}

impl Recording {
    fn rule(&self) -> Value {
        json!({ "record": self.record, "expr": self.expr.trim() })
    }
}

impl Alert {
    fn rule(&self, family: &str, runbook: &str) -> Value {
        let mut rule = Map::new();
        rule.insert("alert".into(), self.name.as_str().into());
        rule.insert("expr".into(), self.expr.trim().into());
        if self.hold != "0s" {
            rule.insert("for".into(), self.hold.as_str().into());
        }
        rule.insert("labels".into(), json!({ "severity": self.severity.name(), "family": family }));
        rule.insert("annotations".into(), self.annotations(&self.summary, runbook));
        rule.into()
    }

    /// What whoever is told reads.
    pub(crate) fn annotations(&self, summary: &str, runbook: &str) -> Value {
        json!({ "summary": summary, "description": self.means, "action": self.first, "runbook_url": runbook })
    }
}
