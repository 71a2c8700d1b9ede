//! What every rule owes to whoever is told of it.

use std::collections::BTreeSet;
use std::fs;

use monitoring::{Alert, Severity};

use super::{kit, root};

/// What alerts are to be about.
const FAMILIES: [&str; 12] = [
    "availability",
    "backups",
    "business",
    "capacity",
    "certificates",
    "errors",
    "latency",
    "monitoring",
    "objectives",
    "saturation",
    "security",
    "stores",
];

#[test]
fn there_are_rules_enough_in_every_family_and_no_name_stands_for_two() {
    let kit = kit();
    let alerts: Vec<(&str, Alert)> = kit.all_alerts().collect();
    let names: BTreeSet<&String> = alerts.iter().map(|(_, alert)| &alert.name).collect();
    assert_eq!(names.len(), alerts.len(), "a name stands for two alerts");
    println!("{} alert rules, each with a case in which it fires and one in which it stays quiet", alerts.len());
    assert!(alerts.len() >= 60, "{}", alerts.len());
    for family in FAMILIES {
        assert!(alerts.iter().any(|(of, _)| *of == family), "there is no alert about {family}");
    }
}

#[test]
fn the_thresholds_that_were_agreed_are_those_of_the_rules() {
    let kit = kit();
    let alerts: Vec<(&str, Alert)> = kit.all_alerts().collect();
    for (name, severity, threshold) in [
        ("ErrorsHigh", Severity::Warning, "> 0.01"),
        ("ErrorsCritical", Severity::Critical, "> 0.05"),
        ("LatencyP95High", Severity::Warning, "> 0.5"),
        ("LatencyP95Critical", Severity::Critical, "> 1"),
        ("CpuHigh", Severity::Warning, "> 0.7"),
        ("CpuCritical", Severity::Critical, "> 0.9"),
        ("MemoryHigh", Severity::Warning, "> 0.8"),
        ("MemoryCritical", Severity::Critical, "> 0.95"),
        ("DiskHigh", Severity::Warning, "> 0.8"),
        ("CertificateExpiresSoon", Severity::Warning, "< 30 * 86400"),
        ("CertificateExpires", Severity::Critical, "< 7 * 86400"),
    ] {
        let (_, alert) = alerts.iter().find(|(_, alert)| alert.name == name).unwrap_or_else(|| panic!("no {name}"));
        assert!(alert.expr.ends_with(threshold) && alert.severity == severity, "{name}: {}", alert.expr);
    }
    let targets: Vec<(&str, f64)> = kit.objectives.iter().map(|one| (one.name.as_str(), one.target)).collect();
    assert_eq!(targets, [("availability", 0.999), ("errors", 0.999), ("latency-95", 0.95), ("latency-99", 0.99)]);
}

#[test]
fn whoever_is_told_learns_what_it_means_what_to_do_first_and_where_to_read_on() {
    let kit = kit();
    for (family, alert) in kit.all_alerts() {
        assert!(root().join(&kit.runbooks).join(format!("{family}.md")).exists(), "{family} has no runbook");
        for said in [&alert.summary, &alert.means, &alert.first] {
            assert!(said.split(' ').count() >= 3, "{}: `{said}` says nothing", alert.name);
        }
        let is_sentence = |text: &str| text.ends_with('.') && text.starts_with(char::is_uppercase);
        assert!(is_sentence(&alert.means) && is_sentence(&alert.first), "{}: whole sentences", alert.name);
    }
}

#[test]
fn every_runbook_says_what_it_means_how_to_look_and_what_to_do() {
    for entry in fs::read_dir(root().join("docs/runbooks")).unwrap() {
        let path = entry.unwrap().path();
        let page = fs::read_to_string(&path).unwrap();
        if path.ends_with("README.md") {
            continue;
        }
        for heading in ["## What it means", "## Look", "## Do", "## Afterwards"] {
            assert!(page.contains(&format!("\n{heading}\n")), "{} lacks `{heading}`", path.display());
        }
        assert!(page.contains("```sh\n"), "{} has no command", path.display());
    }
}

#[test]
fn neither_case_of_a_rule_is_missing_from_its_tests() {
    let kit = kit();
    let files = kit.files();
    let mut cases = 0;
    for (family, alert) in kit.all_alerts() {
        let tests = &files[&format!("infra/monitoring/prometheus/tests/{family}.yml")];
        for case in ["fires", "stays quiet"] {
            assert_eq!(tests.matches(&format!("name: '{} {case}'\n", alert.name)).count(), 1, "{} {case}", alert.name);
            cases += 1;
        }
        assert!(
            !alert.fires.series.is_empty() && !alert.quiet.series.is_empty(),
            "{} is tested on nothing",
            alert.name
        );
    }
    println!("{cases} cases");
}
