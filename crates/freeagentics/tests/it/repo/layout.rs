//! Where things lie and how large they get.

use super::{Source, assert_none, root, sources, sources_that_end_in};

/// Names that say nothing about what is inside, so that everything ends up there.
const GRAB_BAGS: [&str; 8] = ["common", "errors", "helpers", "misc", "shared", "types", "util", "utils"];

const MOST_LINES: usize = 500;

/// Sources that may be longer, each with the reason. None so far.
const LONGER: [(&str, &str); 0] = [];

/// Sources that may say `unsafe`, each with the reason.
const UNSAFE: [(&str, &str); 9] = [
    ("crates/inference/tests/it/allocation.rs", "an allocator that counts has to be one"),
    ("crates/inference/src/numerics/x86.rs", "vector instructions are unsafe functions"),
    ("crates/inference/src/numerics/kernels/vector.rs", "hands them out after it has found them on the machine"),
    ("drills/lossy-disk/src/hooks/content.rs", "takes the place of calls of the C library"),
    ("drills/lossy-disk/src/hooks/descriptors.rs", "the same"),
    ("drills/lossy-disk/src/hooks/mod.rs", "the same"),
    ("drills/lossy-disk/src/hooks/refused.rs", "the same"),
    ("drills/lossy-disk/src/hooks/status.rs", "the same"),
    ("drills/lossy-disk/src/real.rs", "calls the C library as it is behind them"),
];

#[test]
fn every_module_is_named_for_a_concept() {
    assert_none(&sources_that_end_in(".rs").iter().flat_map(grab_bags).collect::<Vec<_>>());
    assert_eq!(grab_bags(&Source::new("crates/x/src/utils/mod.rs", "")).len(), 1);
    assert_eq!(grab_bags(&Source::new("crates/x/src/agents/types.rs", "")).len(), 1);
}

fn grab_bags(source: &Source) -> Vec<String> {
    let parts = source.path.trim_end_matches(".rs").split('/');
    parts
        .filter(|part| GRAB_BAGS.contains(part))
        .map(|part| format!("{}: `{part}` is no concept; a thing lives with what it is about", source.path))
        .collect()
}

#[test]
fn every_rust_file_is_reached_by_a_mod_declaration() {
    let sources = sources_that_end_in(".rs");
    assert_none(&orphans(&sources));
    let planted = [Source::new("crates/x/src/lib.rs", "pub mod a;\n"), Source::new("crates/x/src/b.rs", "")];
    assert_eq!(orphans(&planted).len(), 1);
}

fn orphans(sources: &[Source]) -> Vec<String> {
    sources.iter().filter(|source| !is_root(&source.path) && !is_declared(source, sources)).map(orphan).collect()
}

fn orphan(source: &Source) -> String {
    format!("{}: no `mod` declaration reaches it, so nothing compiles it", source.path)
}

/// Cargo finds these by itself.
fn is_root(path: &str) -> bool {
    let is_target = |folder| path.split_once(folder).is_some_and(|(_, name)| !name.contains('/'));
    ["/lib.rs", "/main.rs", "/build.rs"].iter().any(|name| path.ends_with(name))
        // What the rules of the scanner are tried on, good and bad.
        || path.starts_with("infra/release/semgrep/")
        || ["/src/bin/", "/examples/", "/benches/"].into_iter().any(is_target)
}

fn is_declared(source: &Source, sources: &[Source]) -> bool {
    let file = source.path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
    let Some((folder, name)) = file.rsplit_once('/') else { return false };
    let declaration = format!("mod {name};");
    let parents = ["mod.rs", "lib.rs", "main.rs"].map(|parent| format!("{folder}/{parent}"));
    let declares = |candidate: &&Source| {
        parents.contains(&candidate.path) && candidate.text.lines().any(|line| line.ends_with(&declaration))
    };
    sources.iter().any(|candidate| declares(&candidate))
}

#[test]
fn no_source_file_is_too_long_to_read_at_once() {
    let sources: Vec<Source> =
        [".rs", ".js", ".mjs", ".ts", ".tsx"].into_iter().flat_map(sources_that_end_in).collect();
    assert_none(&sources.iter().filter_map(too_long).collect::<Vec<_>>());
    assert!(too_long(&Source::new("crates/x/src/long.rs", &"\n".repeat(MOST_LINES + 1))).is_some());
    for (path, _) in LONGER {
        assert!(root().join(path).exists(), "{path} is listed and is not there");
    }
}

fn too_long(source: &Source) -> Option<String> {
    let n_lines = source.text.lines().count();
    let is_listed = LONGER.iter().any(|(path, _)| *path == source.path);
    (n_lines > MOST_LINES && !is_listed).then(|| format!("{}: {n_lines} lines; split it by concept", source.path))
}

#[test]
fn only_listed_files_are_unsafe() {
    assert_none(&sources_that_end_in(".rs").iter().flat_map(unsafe_lines).collect::<Vec<_>>());
    let planted = Source::new("crates/x/src/lib.rs", concat!("let x = uns", "afe { *p };"));
    assert_eq!(unsafe_lines(&planted).len(), 1);
    for (path, _) in UNSAFE {
        assert!(root().join(path).exists(), "{path} is listed and is not there");
    }
}

fn unsafe_lines(source: &Source) -> Vec<String> {
    let keyword = concat!("uns", "afe");
    let is_listed = UNSAFE.iter().any(|(path, _)| *path == source.path);
    let is_keyword = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        [" {", " fn", " impl", " extern"].iter().any(|next| code.contains(&format!("{keyword}{next}")))
    };
    let lines = source.text.lines().enumerate().filter(|(_, line)| !is_listed && is_keyword(line));
    lines.map(|(at, _)| source.complaint(at, "not in the list of files that may")).collect()
}

#[test]
fn names_of_tests_read_as_sentences() {
    assert_none(&sources_that_end_in(".rs").iter().flat_map(prefixed_tests).collect::<Vec<_>>());
    let planted = Source::new("crates/x/src/lib.rs", concat!("    fn te", "st_it_works() {"));
    assert_eq!(prefixed_tests(&planted).len(), 1);
}

fn prefixed_tests(source: &Source) -> Vec<String> {
    let prefix = concat!("fn te", "st_");
    let lines = source.text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(prefix));
    lines.map(|(at, _)| source.complaint(at, "say what holds, without the prefix")).collect()
}

#[test]
fn nothing_committed_names_a_machine() {
    let marks = machine_marks();
    assert_none(&sources().iter().flat_map(|source| machine_lines(source, &marks)).collect::<Vec<_>>());
    let planted = Source::new("docs/x.md", &format!("see {}/target\n", root().display()));
    assert_eq!(machine_lines(&planted, &marks).len(), 1);
}

/// Where this clone and its owner's things lie, and what mirrors of package registries put into lock files.
fn machine_marks() -> Vec<String> {
    let homes = ["HOME", "CARGO_HOME"].into_iter().filter_map(|name| std::env::var(name).ok());
    let here = root().display().to_string();
    let mirrors =
        [concat!("arti", "factory"), concat!("registry.", "npm"), concat!("/Us", "ers/"), concat!("/ho", "me/")];
    let mirrors = mirrors.into_iter().map(str::to_owned);
    homes.chain([here]).filter(|mark| mark.len() > 4).map(|mark| format!("{mark}/")).chain(mirrors).collect()
}

fn machine_lines(source: &Source, marks: &[String]) -> Vec<String> {
    let is_marked = |line: &str| marks.iter().any(|mark| format!("{line}/").contains(mark.as_str()));
    let lines = source.text.lines().enumerate().filter(|(_, line)| is_marked(line));
    lines.map(|(at, line)| source.complaint(at, line.trim())).collect()
}

#[test]
fn nothing_that_a_snapshot_test_left_behind_is_kept() {
    assert_none(&left_behind(["a.rs", "CHANGELOG.md"]));
    assert_eq!(left_behind([".run.rs.pending-snap", "it__x.snap.new"]).len(), 2);
    let listing = std::process::Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files"])
        .current_dir(root())
        .output()
        .unwrap();
    let listing = String::from_utf8(listing.stdout).unwrap();
    assert!(listing.contains("Cargo.lock"), "the listing is not that of this repository");
    assert_none(&left_behind(listing.lines()));
}

fn left_behind<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let left = paths.into_iter().filter(|path| path.ends_with(".pending-snap") || path.ends_with(".snap.new"));
    left.map(|path| format!("{path}: what a snapshot test left behind")).collect()
}
