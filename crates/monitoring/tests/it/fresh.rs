//! What is rendered is committed, and nothing else lies among it.

use std::fs;

use super::{kit, root};

/// Set in the environment, it makes these tests write what they would compare.
const UPDATE: &str = "UPDATE_DOCS";

/// Folders that hold nothing but rendered files.
const RENDERED: [&str; 3] =
    ["infra/monitoring/prometheus/rules", "infra/monitoring/prometheus/tests", "infra/monitoring/grafana/dashboards"];

#[test]
fn every_rendered_file_is_fresh_and_none_is_left_over() {
    let files = kit().files();
    let update = std::env::var_os(UPDATE).is_some();
    let mut stale = Vec::new();
    for (path, text) in &files {
        let file = root().join(path);
        if update {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
        }
        if fs::read_to_string(&file).ok().as_ref() != Some(text) {
            stale.push(path.clone());
        }
    }
    for folder in RENDERED {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy());
            if !files.contains_key(&path) {
                stale.push(format!("{path} (left over: remove it)"));
            }
        }
    }
    assert!(stale.is_empty(), "stale: {stale:#?}\nRun with {UPDATE}=1 and commit what it writes.");
}

#[test]
fn a_source_with_a_word_that_nobody_knows_is_refused_by_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["alerts", "dashboards"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let source = root().join("infra/monitoring/source");
    for name in ["kit.toml", "objectives.toml"] {
        fs::copy(source.join(name), folder.path().join(name)).unwrap();
    }
    assert!(monitoring::Kit::read(folder.path()).is_ok());
    let edge = fs::read_to_string(source.join("alerts/edge.toml")).unwrap();
    let misspelt = edge.replacen("severity = \"critical\"", "severity = \"urgent\"", 1);
    assert_ne!(edge, misspelt);
    fs::write(folder.path().join("alerts/edge.toml"), misspelt).unwrap();
    let said = monitoring::Kit::read(folder.path()).unwrap_err().to_string();
    assert!(said.contains("alerts/edge.toml") && said.contains("line ") && said.contains("`urgent`"), "{said}");
}
