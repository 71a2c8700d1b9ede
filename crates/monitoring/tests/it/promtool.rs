//! What `promtool` says of the rules, and of their tests.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{kit, root};

fn promtool(folder: &Path, arguments: &[&str]) -> Output {
    let run = Command::new("promtool").args(arguments).current_dir(folder).output();
    run.expect("promtool is installed (`make test` installs it)")
}

fn all(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_configuration_and_all_rules_are_what_prometheus_takes() {
    let folder = root().join("infra/monitoring/prometheus");
    let output = promtool(&folder, &["check", "config", "prometheus.yml"]);
    assert!(output.status.success(), "{}", all(&output));
    let files = fs::read_dir(folder.join("rules")).unwrap().count();
    assert_eq!(all(&output).matches("rules found").count(), files, "{}", all(&output));
}

#[test]
fn every_rule_fires_when_it_should_and_stays_quiet_when_it_should_not() {
    let folder = root().join("infra/monitoring/prometheus/tests");
    let mut files: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let mut arguments = vec!["test", "rules"];
    arguments.extend(files.iter().map(String::as_str));
    let output = promtool(&folder, &arguments);
    assert!(output.status.success(), "{}", all(&output));
    assert_eq!(all(&output).matches("SUCCESS").count(), files.len(), "{}", all(&output));
}

#[test]
fn a_rule_that_never_fires_and_one_that_always_does_are_found() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["rules", "tests"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let files = kit().files();
    let of = |folder: &str| &files[&format!("infra/monitoring/prometheus/{folder}/edge.yml")];
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let run = || promtool(&folder.path().join("tests"), &["test", "rules", "edge.yml"]);
    write("tests/edge.yml", of("tests"));
    write("rules/edge.yml", of("rules"));
    assert!(run().status.success(), "{}", all(&run()));
    for (planted, missed) in [("nginx_up == 2", "NginxDown fires"), ("nginx_up >= 0", "NginxDown stays quiet")] {
        let changed = of("rules").replacen("nginx_up == 0", planted, 1);
        assert_ne!(&changed, of("rules"));
        write("rules/edge.yml", &changed);
        let output = run();
        assert!(!output.status.success() && all(&output).contains(missed), "{planted}: {}", all(&output));
    }
}
