//! What is said once for the whole workspace is said at its root only.

use super::{Source, assert_none, root, sources_that_end_in};
use toml::{Table, Value};

/// Sections of a member's manifest that name dependencies.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Facts about a package that the workspace settles.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

#[test]
fn every_crate_takes_lints_and_versions_from_the_root() {
    let is_member = |source: &Source| ["crates/", "drills/"].iter().any(|folder| source.path.starts_with(folder));
    let members: Vec<Source> = sources_that_end_in("Cargo.toml").into_iter().filter(is_member).collect();
    assert!(members.len() >= 2, "no members found");
    assert_none(&members.iter().flat_map(own_ways).collect::<Vec<_>>());
}

#[test]
fn a_crate_with_its_own_ways_is_found() {
    let text = "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition.workspace = true\nrust-version.workspace = true\n\
        license.workspace = true\npublish.workspace = true\n[dependencies]\nserde = \"1.0\"\n\
        toml = { version = \"1.0\" }\nclap = { workspace = true, features = [\"env\"] }\n";
    let complaints = own_ways(&Source::new("crates/x/Cargo.toml", text));
    let about = |word: &str| complaints.iter().filter(|complaint| complaint.contains(word)).count();
    assert_eq!([about("version"), about("lints"), about("serde"), about("toml`"), about("clap")], [1, 1, 1, 1, 0]);
}

fn own_ways(source: &Source) -> Vec<String> {
    let manifest: Table = source.text.parse().unwrap();
    let is_inherited = |value: Option<&Value>| {
        value.and_then(|value| value.get("workspace")).and_then(Value::as_bool).unwrap_or_default()
    };
    let package = manifest.get("package").and_then(Value::as_table).expect("a member is a package");
    let facts = INHERITED.into_iter().filter(|fact| !is_inherited(package.get(*fact)));
    let lints = ["lints"].into_iter().filter(|lints| !is_inherited(manifest.get(*lints)));
    let sections = DEPENDENCIES.into_iter().filter_map(|section| manifest.get(section)?.as_table());
    let dependencies =
        sections.flatten().filter(|(_, value)| !is_inherited(Some(*value))).map(|(name, _)| name.as_str());
    facts
        .chain(lints)
        .chain(dependencies)
        .map(|name| format!("{}: `{name}` does not say `workspace = true`", source.path))
        .collect()
}

#[test]
fn every_ban_says_why() {
    let bans: Table = std::fs::read_to_string(root().join("clippy.toml")).unwrap().parse().unwrap();
    let lists = bans.iter().filter(|(key, _)| key.starts_with("disallowed-")).filter_map(|(_, list)| list.as_array());
    let silent: Vec<String> =
        lists.flatten().filter(|ban| ban.get("reason").is_none()).map(|ban| format!("{ban:?}")).collect();
    assert_none(&silent);
}
