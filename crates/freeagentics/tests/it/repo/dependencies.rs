//! Which packages are in the lockfile, under which licences, from where: the policy of `deny.toml`.

use super::{assert_none, root};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use toml::Table;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// All that `inference` may use: parsing, hashing, error messages. Nothing of these reads, waits or draws.
const PURE: [&str; 5] = ["saphyr-parser", "serde", "serde_json", "sha2", "thiserror"];

/// One package of the resolved workspace.
#[derive(Clone)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// `None` for the workspace's own.
    source: Option<String>,
}

/// The part of `deny.toml` that is checked here.
struct Policy {
    licenses: Vec<String>,
    banned: Vec<String>,
    /// Versions (`2` is every 2.x.y) that may be there beside another one.
    skipped: Vec<(String, String)>,
}

impl Policy {
    fn skips(&self, package: &Package) -> bool {
        let is_of = |version: &str| format!("{}.", package.version).starts_with(&format!("{version}."));
        self.skipped.iter().any(|(name, version)| *name == package.name && is_of(version))
    }
}

#[test]
fn every_dependency_is_allowed() {
    let packages = packages(&metadata());
    assert!(packages.len() > 10, "the metadata is not that of this workspace");
    assert_none(&breaches(&packages, &policy()));
}

#[test]
fn a_planted_breach_is_found_in_each_part_of_the_policy() {
    let policy = policy();
    let good = Package {
        name: "good".into(),
        version: "1.0.0".into(),
        license: Some("Zzz OR (MIT AND Apache-2.0)".replace("Zzz", "GPL-3.0-only")),
        source: Some(CRATES_IO.into()),
    };
    assert_none(&breaches(std::slice::from_ref(&good), &policy));
    let skipped = Policy { skipped: vec![("good".into(), "2".into())], ..self::policy() };
    let pair = |version: &str| [good.clone(), Package { version: version.into(), ..good.clone() }];
    assert_none(&breaches(&pair("2.1.0"), &skipped));
    assert_eq!(breaches(&pair("20.0.0"), &skipped).len(), 1);
    let planted = [
        vec![Package { license: Some("GPL-3.0-only".into()), ..good.clone() }],
        vec![Package { license: None, ..good.clone() }],
        vec![Package { source: Some("git+https://example.org/good".into()), ..good.clone() }],
        vec![Package { name: "openssl-sys".into(), ..good.clone() }],
        vec![Package { version: "2.0.0".into(), ..good.clone() }, good],
    ];
    for packages in planted {
        assert_eq!(breaches(&packages, &policy).len(), 1, "{}", packages[0].name);
    }
}

fn breaches(packages: &[Package], policy: &Policy) -> Vec<String> {
    let foreign: Vec<&Package> = packages.iter().filter(|package| package.source.is_some()).collect();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in foreign.iter().filter(|package| !policy.skips(package)) {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    let doubled = versions.iter().filter(|(_, versions)| versions.len() > 1);
    let doubled = doubled.map(|(name, versions)| format!("{name}: several versions at once: {versions:?}"));
    foreign.iter().flat_map(|package| breaches_of_one(package, policy)).chain(doubled).collect()
}

fn breaches_of_one(package: &Package, policy: &Policy) -> Vec<String> {
    let Package { name, license, source, .. } = package;
    let mut found = Vec::new();
    if !license.as_deref().is_some_and(|license| is_allowed(license, &policy.licenses)) {
        found.push(format!("{name}: licence {license:?} is not allowed"));
    }
    if source.as_deref() != Some(CRATES_IO) {
        found.push(format!("{name}: comes from {source:?}"));
    }
    if policy.banned.contains(name) {
        found.push(format!("{name}: banned"));
    }
    found
}

/// Whether the licences on the list are enough to satisfy an SPDX expression.
fn is_allowed(license: &str, allowed: &[String]) -> bool {
    let expression = spdx::Expression::parse_mode(license, spdx::ParseMode::LAX);
    expression.is_ok_and(|expression| expression.evaluate(|needed| allowed.contains(&needed.to_string())))
}

#[test]
fn inference_depends_only_on_what_computes() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let inference = packages.iter().find(|package| package["name"] == "freeagentics-inference").unwrap();
    let dependencies = inference["dependencies"].as_array().unwrap();
    let normal = dependencies.iter().filter(|dependency| dependency["kind"].is_null());
    let names: Vec<String> = normal.map(|dependency| text(&dependency["name"])).collect();
    assert!(!names.is_empty(), "the metadata lists no dependencies");
    assert_none(&names.into_iter().filter(|name| !PURE.contains(&name.as_str())).collect::<Vec<_>>());
}

fn policy() -> Policy {
    let file: Table = std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    let names = |section: &str, key: &str| -> Vec<String> {
        let list = file[section][key].as_array().unwrap();
        list.iter().map(|entry| entry.get("name").unwrap_or(entry).as_str().unwrap().to_owned()).collect()
    };
    let skip = file["bans"]["skip"].as_array().unwrap().iter();
    let versions = skip.map(|entry| entry["version"].as_str().unwrap().to_owned());
    let skipped = names("bans", "skip").into_iter().zip(versions).collect();
    Policy { licenses: names("licenses", "allow"), banned: names("bans", "deny"), skipped }
}

fn packages(metadata: &Json) -> Vec<Package> {
    let optional = |value: &Json| value.as_str().map(str::to_owned);
    let package = |package: &Json| Package {
        name: text(&package["name"]),
        version: text(&package["version"]),
        license: optional(&package["license"]),
        source: optional(&package["source"]),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn text(value: &Json) -> String {
    value.as_str().expect("a string").to_owned()
}

fn metadata() -> Json {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--all-features", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
