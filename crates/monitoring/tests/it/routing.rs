//! Who is told of what, as the configuration of Alertmanager has it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{kit, root};

/// Alerts by their labels, and those who are told.
const ROUTES: [(&str, &str); 8] = [
    ("alertname=Watchdog severity=info family=monitoring", "watchdog"),
    ("alertname=ApiGone severity=critical family=availability", "pager,chat,mail"),
    ("alertname=ErrorsHigh severity=warning family=errors", "chat,mail"),
    ("alertname=RequestsRepeated severity=info family=business", "mail"),
    ("alertname=CredentialsAttacked severity=critical family=security", "security,pager,chat,mail"),
    ("alertname=PermissionsProbed severity=warning family=security", "security,chat,mail"),
    ("alertname=LimitsReached severity=info family=security", "security,mail"),
    ("alertname=SomethingThatNobodyThoughtOf", "mail"),
];

fn configuration() -> PathBuf {
    root().join("infra/monitoring/alertmanager/alertmanager.yml")
}

/// What `amtool` says of an alert with these labels.
fn told(labels: &[String]) -> String {
    let mut amtool = Command::new("amtool");
    amtool.args(["config", "routes", "test", "--config.file"]).arg(configuration()).args(labels);
    let output = amtool.output().expect("amtool is installed (`make test` installs it)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_configuration_is_what_alertmanager_takes() {
    let output = Command::new("amtool").arg("check-config").arg(configuration()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn alerts_go_to_those_whom_their_severity_and_family_name() {
    for (labels, expected) in ROUTES {
        let labels: Vec<String> = labels.split(' ').map(str::to_owned).collect();
        assert_eq!(told(&labels), expected, "{labels:?}");
    }
}

#[test]
fn every_alert_that_ships_reaches_somebody_and_the_critical_ones_wake_somebody() {
    let kit = kit();
    // By all that routes look at; the alert's own name matters for one alone.
    let kinds: BTreeSet<(String, &str)> = kit
        .all_alerts()
        .filter(|(_, alert)| alert.name != "Watchdog")
        .map(|(family, alert)| (family.to_owned(), alert.severity.name()))
        .collect();
    for (family, severity) in kinds {
        let told = told(&[format!("family={family}"), format!("severity={severity}"), "alertname=any".to_owned()]);
        let receivers: BTreeSet<&str> = told.split(',').collect();
        assert_eq!(receivers.contains("pager"), severity == "critical", "{family} {severity}: {told}");
        assert_eq!(receivers.contains("chat"), severity != "info", "{family} {severity}: {told}");
        assert_eq!(receivers.contains("security"), family == "security", "{family} {severity}: {told}");
        assert!(receivers.contains("mail"), "{family} {severity}: {told}");
    }
}

#[test]
fn inhibition_names_only_alerts_that_there_are() {
    let text = fs::read_to_string(configuration()).unwrap();
    let kit = kit();
    let names: BTreeMap<String, &str> = kit.all_alerts().map(|(family, alert)| (alert.name, family)).collect();
    let quoted = text.split("_matchers: ['alertname ").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let mut found = 0;
    for pattern in quoted {
        for name in pattern.split('|').map(|name| name.trim_matches(|c| "()".contains(c))) {
            // Those of objectives are named by their ends: `.*BudgetBurns(6|3|1)x`.
            let is_there = names.contains_key(name) || pattern.contains("BudgetBurns");
            assert!(is_there, "there is no alert {name}");
            found += 1;
        }
    }
    assert!(found >= 30, "{found}");
}
