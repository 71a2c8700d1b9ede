//! The page of the suite, and that nothing is missing in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use super::catalogue::{Category, Defence, Described, Mistake, OWASP, Seen};
use super::catalogue::{backups, categories, files, mistakes, root, seen, tests, tests_of_backups};

/// Set in the environment, it makes the test of the page write what it would compare.
const UPDATE: &str = "UPDATE_DOCS";

const HEAD: &str = "\
# The security suite

Attacks by category, tried by `crates/freeagentics/tests/it/security` against the running server. Each category has an honest use
that must work and attempts that must not. For each, the drill [defences](../drills/README.md) takes the defence away in a copy of
the sources and runs the category's tests: they have to fail then, or they would show nothing. At the end stands the same for the
matrix of permissions and for backups.

<!-- Written by a test from the categories: UPDATE_DOCS=1 cargo nextest run -p freeagentics generated -->
";

/// The tests of a category.
fn tests_of<'t>(name: &str, tests: &'t [String]) -> Vec<&'t str> {
    let prefix = format!("{name}::");
    tests.iter().filter_map(|test| test.strip_prefix(&prefix)).collect()
}

#[test]
fn the_page_of_the_suite_is_fresh() {
    let (categories, mistakes, tests, seen) = (categories(), mistakes(), tests("security::"), seen());
    let mut page = format!("{HEAD}\n{}", totals(&categories, &tests));
    page +=
        "\n| category | OWASP API | attempts | tests | with the defence | without it |\n|---|---|---|---|---|---|\n";
    for (name, Described { about: category, .. }) in &categories {
        let (n_tests, (with, without)) = (tests_of(name, &tests).len(), results(seen.get(name)));
        let (title, owasp, attempts) = (&category.title, category.owasp.join(", "), category.negative.len());
        let _ = writeln!(page, "| {title} | {owasp} | {attempts} | {n_tests} | {with} | {without} |");
    }
    page += &format!("\n## OWASP API Security Top 10:2023\n\n{}", covered(&categories));
    for (name, category) in &categories {
        page += &section(name, &category.about, &tests_of(name, &tests), seen.get(name));
    }
    page += &wrong(MATRIX, &mistakes, &seen);
    page += &wrong(BACKUPS, &backups(), &seen);
    let path = root().join("docs/security-suite.md");
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "docs/security-suite.md is stale; run with {UPDATE}=1 and commit what it writes");
}

fn totals(categories: &BTreeMap<String, Described<Category>>, tests: &[String]) -> String {
    let attempts: usize = categories.values().map(|category| category.about.negative.len()).sum();
    let n_tests: usize = categories.keys().map(|name| tests_of(name, tests).len()).sum();
    format!("{} categories, {attempts} attempts, {n_tests} tests.\n", categories.len())
}

fn results(seen: Option<&Seen>) -> (String, String) {
    match seen {
        None => ("not drilled yet".into(), "not drilled yet".into()),
        Some(seen) => (format!("{} pass", seen.passed), format!("{} fail", seen.failed.len())),
    }
}

fn covered(categories: &BTreeMap<String, Described<Category>>) -> String {
    OWASP.iter().fold("| item | categories |\n|---|---|\n".to_owned(), |mut table, (id, title)| {
        let by = categories.values().map(|category| &category.about);
        let by = by.filter(|category| category.owasp.iter().any(|item| item == id));
        let by: Vec<&str> = by.map(|category| category.title.as_str()).collect();
        let _ = writeln!(table, "| {id}:2023 {title} | {} |", by.join(", "));
        table
    })
}

fn section(name: &str, category: &Category, tests: &[&str], seen: Option<&Seen>) -> String {
    let Category { title, attempted, positive, negative, defence, .. } = category;
    let mut text = format!("\n## {title}\n\n`security::{name}`. {attempted}\n\nMust work: {positive}\n\nMust not:\n\n");
    negative.iter().for_each(|attempt| text += &format!("- {attempt}\n"));
    text += "\nDefence:\n\n";
    defence.iter().for_each(|defence| text += &format!("- {} (`{}`)\n", defence.what, defence.file));
    text += "\nTests:\n\n";
    for test in tests {
        let fails = seen.is_some_and(|seen| seen.failed.iter().any(|failed| failed == test));
        let told = if fails { ": fails without the defence" } else { "" };
        text += &format!("- {}{told}\n", spoken(test));
    }
    text
}

/// The name of a test for people.
fn spoken(test: &str) -> String {
    test.replace("on_sqlite::", "SQLite: ").replace("on_postgres::", "PostgreSQL: ")
}

const MATRIX: &str = "
## The matrix of permissions

`api::matrix` calls every route of the served document as every role, as another workspace and with what is no credential \
([permissions](permissions.md)). Made wrong on purpose:
";

const BACKUPS: &str = "
## Backups

The tests of [backups](backup.md), in `crates/axiomcore/tests/it/backup`, on files and on PostgreSQL. Made wrong on purpose:
";

/// What becomes of tests when what they are about is wrong.
fn wrong(head: &str, mistakes: &BTreeMap<String, Described<Mistake>>, seen: &BTreeMap<String, Seen>) -> String {
    let mut text = head.to_owned();
    text += "\n| mistake | which is | fail then |\n|---|---|---|\n";
    for (name, Described { about: Mistake { title, mistake, .. }, .. }) in mistakes {
        let failed = seen.get(name).map_or("not drilled yet".into(), |seen| {
            seen.failed.iter().map(|test| spoken(&test.replace("::", ": "))).collect::<Vec<_>>().join("; ")
        });
        let _ = writeln!(text, "| {title} | {mistake} | {failed} |");
    }
    text
}

#[test]
fn every_category_is_described_and_tested_and_has_a_defence_that_can_be_taken_away() {
    let (categories, tests) = (categories(), tests("security::"));
    println!("{} categories of attack", categories.len());
    let described: BTreeSet<&String> = categories.keys().collect();
    let written = files("rs");
    let written: BTreeSet<&String> = written.iter().map(|(name, _)| name).collect();
    assert_eq!(described, written, "every category has a .toml and an .rs");
    for (name, Described { about: category, .. }) in &categories {
        assert!(!tests_of(name, &tests).is_empty(), "{name} has no test, or no mod.rs names it");
        assert!(!category.negative.is_empty() && !category.defence.is_empty(), "{name} has no attempt or no defence");
        for item in &category.owasp {
            assert!(OWASP.iter().any(|(id, _)| id == item), "{name}: there is no {item}");
        }
        category.defence.iter().for_each(|defence| stands_there(name, defence));
    }
    for (name, mistake) in mistakes().iter().chain(&backups()) {
        mistake.about.defence.iter().for_each(|defence| stands_there(name, defence));
    }
    for (name, mistake) in &backups() {
        let module = &mistake.about.tests;
        assert!(tests_of_backups().iter().any(|test| test.starts_with(module)), "{name}: there is no module {module}");
    }
}

fn stands_there(name: &str, Defence { file, find, put, .. }: &Defence) {
    let text = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{name}: {file}: {error}"));
    let n_found = text.matches(find).count();
    assert_eq!(n_found, 1, "{name}: in {file} its defence stands {n_found} times: {find}");
    assert_ne!(find, put, "{name}: nothing is taken away");
}

#[test]
fn every_item_of_the_top_ten_is_attacked_and_there_are_categories_enough() {
    let categories = categories();
    assert!(categories.len() >= 47, "{}", categories.len());
    for (item, title) in OWASP {
        let by = categories.values().filter(|category| category.about.owasp.iter().any(|id| id == item)).count();
        assert!(by > 0, "no category for {item} {title}");
    }
}

#[test]
fn what_the_drill_has_seen_is_of_the_defences_and_tests_that_there_are() {
    let (security, matrix, mut seen) = (tests("security::"), tests("api::matrix::"), seen());
    let categories = categories().into_iter().map(|(name, about)| {
        let tests = tests_of(&name, &security).into_iter().map(str::to_owned).collect();
        (name, about.digest, tests)
    });
    let mistakes = mistakes().into_iter().map(|(name, about)| (name, about.digest, matrix.clone()));
    let of_backups = tests_of_backups();
    let backups = backups().into_iter().map(|(name, about)| (name, about.digest, of_backups.clone()));
    let all: Vec<(String, String, Vec<String>)> = categories.chain(mistakes).chain(backups).collect();
    let missing: Vec<&str> =
        all.iter().filter(|(name, ..)| !seen.contains_key(name)).map(|(name, ..)| &**name).collect();
    assert!(missing.is_empty(), "not drilled yet: drills/defences/run {}", missing.join(" "));
    for (name, digest, tests) in &all {
        let Seen { defences, passed, failed } = seen.remove(name).unwrap();
        assert_eq!(defences, *digest, "{name}: its defences have changed since: drills/defences/run {name}");
        assert!(passed >= failed.len() && !failed.is_empty(), "{name}: its tests hold without its defence");
        let gone = failed.iter().find(|test| !tests.contains(test));
        assert!(gone.is_none(), "{name}: there is no test {gone:?} any more: drills/defences/run {name}");
    }
    assert!(seen.is_empty(), "results of what is no category: {:?}", seen.keys());
}
