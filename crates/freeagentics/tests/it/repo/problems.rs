//! The pages that are rendered from the code say what the code says.

use super::{UPDATE, root};
use freeagentics_inference::document::{Code, Limits};
use std::fmt::Write;

const HEAD: &str = "\
# What can be wrong with a document

`freeagentics check MODEL` reports every problem at once. Each has a code that does not change between versions, the place
(line and column, and a [JSON pointer](https://datatracker.ietf.org/doc/html/rfc6901)), what is wrong, and how to mend it.
With `--output json` also what was expected and found, and, where the mend needs no knowledge of the world (a misspelt name, a
column that does not sum to 1, a transposed table), a [JSON Patch](https://datatracker.ietf.org/doc/html/rfc6902) that makes it.

<!-- Written by a test from the registry of codes: UPDATE_DOCS=1 cargo nextest run -p freeagentics problems -->
";

/// One example of every problem, as the tests of the document hold it: code and position, message, mend.
const EXAMPLES: &str = "crates/inference/tests/it/document/snapshots/it__document__problems__each_mistake_is_one_problem_with_a_text_that_helps.snap";

#[test]
fn the_page_of_problems_has_every_code_with_an_example() {
    let examples = std::fs::read_to_string(root().join(EXAMPLES)).unwrap();
    let page = Code::ALL.iter().fold(HEAD.to_owned(), |mut page, code| {
        let _ = write!(page, "\n## {code}\n\n{}\n", code.meaning());
        if let Some((message, mend)) = example(&examples, code.as_str()) {
            let _ = write!(page, "\n> {message}\n>\n> *To mend it*: {mend}\n");
        }
        page
    });
    assert!(page.matches("*To mend it*").count() * 2 > Code::ALL.len(), "few codes have an example");
    let path = root().join("docs/problems.md");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "docs/problems.md is stale; run with {UPDATE}=1 and commit what it writes");
}

/// Message and mend of the first example of a code.
fn example<'e>(examples: &'e str, code: &str) -> Option<(&'e str, &'e str)> {
    let mut lines = examples.lines().skip_while(|line| line.split(' ').next() != Some(code)).skip(1);
    Some((lines.next()?.trim(), lines.next()?.trim().strip_prefix("→ ")?))
}

#[test]
fn the_page_on_the_document_states_the_limits_that_are_in_force() {
    let page = std::fs::read_to_string(root().join("docs/model-document.md")).unwrap();
    let limits = Limits::default();
    let stated = [
        ("text", format!("{} MiB", limits.document_bytes >> 20)),
        ("nesting", limits.depth.to_string()),
        ("factors, modalities", limits.factors.max(limits.modalities).to_string()),
        ("controls", limits.controls.to_string()),
        ("names in one list", limits.labels.to_string()),
        ("entries in all tables", limits.table_entries.to_string()),
        ("length of a plan", limits.policy_length.to_string()),
        ("plans", limits.policies.to_string()),
        ("operations of a step", limits.operations.to_string()),
        ("memory of a step", format!("{} MiB", limits.bytes >> 20)),
        ("tests", limits.tests.to_string()),
        ("elapsed ticks", limits.elapsed.to_string()),
    ];
    for (what, most) in stated {
        let row = format!("| {what} | {most} |");
        assert!(page.contains(&row), "docs/model-document.md lacks `{row}`");
    }
}
