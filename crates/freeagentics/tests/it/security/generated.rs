//! The page of the suite, and that nothing is missing in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use super::catalogue::{Category, OWASP, Seen, categories, files, root, seen, tests};

/// Set in the environment, it makes the test of the page write what it would compare.
const UPDATE: &str = "UPDATE_DOCS";

const HEAD: &str = "\
# The security suite

Attacks by category, tried by `crates/freeagentics/tests/it/security` against the running server. Each category has an honest use
that must work and attempts that must not. For each, the drill [defences](../drills/README.md) takes the defence out of a copy of
the sources, builds it and runs the category's tests: they have to fail then, or they would show nothing.

<!-- Written by a test from the categories: UPDATE_DOCS=1 cargo nextest run -p freeagentics generated -->
";

/// The tests of a category.
fn tests_of<'t>(name: &str, tests: &'t [String]) -> Vec<&'t str> {
    let prefix = format!("{name}::");
    tests.iter().filter_map(|test| test.strip_prefix(&prefix)).collect()
}

#[test]
fn the_page_of_the_suite_is_fresh() {
    let (categories, tests, seen) = (categories(), tests(), seen());
    let mut page = format!("{HEAD}\n{}", totals(&categories, &tests));
    page +=
        "\n| category | OWASP API | attempts | tests | with the defence | without it |\n|---|---|---|---|---|---|\n";
    for (name, category) in &categories {
        let (n_tests, (with, without)) = (tests_of(name, &tests).len(), results(seen.get(name)));
        let (title, owasp, attempts) = (&category.title, category.owasp.join(", "), category.negative.len());
        let _ = writeln!(page, "| {title} | {owasp} | {attempts} | {n_tests} | {with} | {without} |");
    }
    page += &format!("\n## OWASP API Security Top 10:2023\n\n{}", covered(&categories));
    for (name, category) in &categories {
        page += &section(name, category, &tests_of(name, &tests), seen.get(name));
    }
    let path = root().join("docs/security-suite.md");
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "docs/security-suite.md is stale; run with {UPDATE}=1 and commit what it writes");
}

fn totals(categories: &BTreeMap<String, Category>, tests: &[String]) -> String {
    let attempts: usize = categories.values().map(|category| category.negative.len()).sum();
    let n_tests: usize = categories.keys().map(|name| tests_of(name, tests).len()).sum();
    format!("{} categories, {attempts} attempts, {n_tests} tests.\n", categories.len())
}

fn results(seen: Option<&Seen>) -> (String, String) {
    match seen {
        None => ("not drilled yet".into(), "not drilled yet".into()),
        Some(seen) => (format!("{} pass", seen.passed), format!("{} fail", seen.failed.len())),
    }
}

fn covered(categories: &BTreeMap<String, Category>) -> String {
    OWASP.iter().fold("| item | categories |\n|---|---|\n".to_owned(), |mut table, (id, title)| {
        let by = categories.values().filter(|category| category.owasp.iter().any(|item| item == id));
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
        text +=
            &format!("- {}{told}\n", test.replace("on_sqlite::", "SQLite: ").replace("on_postgres::", "PostgreSQL: "));
    }
    text
}

#[test]
fn every_category_is_described_and_tested_and_has_a_defence_that_can_be_taken_away() {
    let (categories, tests) = (categories(), tests());
    println!("{} categories of attack", categories.len());
    let described: BTreeSet<&String> = categories.keys().collect();
    let written = files("rs");
    let written: BTreeSet<&String> = written.iter().map(|(name, _)| name).collect();
    assert_eq!(described, written, "every category has a .toml and an .rs");
    for (name, category) in &categories {
        assert!(!tests_of(name, &tests).is_empty(), "{name} has no test, or no mod.rs names it");
        assert!(!category.negative.is_empty() && !category.defence.is_empty(), "{name} has no attempt or no defence");
        for item in &category.owasp {
            assert!(OWASP.iter().any(|(id, _)| id == item), "{name}: there is no {item}");
        }
        for defence in &category.defence {
            let text = fs::read_to_string(root().join(&defence.file))
                .unwrap_or_else(|error| panic!("{name}: {}: {error}", defence.file));
            let n_found = text.matches(&defence.find).count();
            assert_eq!(n_found, 1, "{name}: in {} its defence stands {n_found} times: {}", defence.file, defence.find);
            assert_ne!(defence.find, defence.put, "{name}: nothing is taken away");
        }
    }
}
