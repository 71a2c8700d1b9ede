//! Documents for people: their links lead somewhere, and the models in them and beside them work.

use super::{Source, assert_none, root, sources_that_end_in};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn every_model_that_ships_does_what_it_promises() {
    let models: Vec<Source> =
        sources_that_end_in(".yaml").into_iter().filter(|source| source.path.starts_with("models/")).collect();
    assert!(models.len() >= 6, "the models that ship are missing");
    for model in models {
        assert_sound(&model.path, &model.text);
        assert!(model.text.contains("# What to expect"), "{} does not say what to expect", model.path);
    }
}

#[test]
fn every_whole_model_on_a_page_does_what_it_promises() {
    let pages = sources_that_end_in(".md");
    let blocks = pages.iter().flat_map(|page| page.text.split("```yaml\n").skip(1).map(move |rest| (&page.path, rest)));
    let whole: Vec<_> = blocks.filter(|(_, rest)| rest.starts_with("freeagentics:")).collect();
    assert!(!whole.is_empty(), "no page shows a whole model");
    for (path, rest) in whole {
        assert_sound(path, rest.split("```").next().unwrap());
    }
}

/// `freeagentics test` finds nothing wrong with it, and finds tests in it.
fn assert_sound(path: &str, model: &str) {
    let mut test = Command::new(env!("CARGO_BIN_EXE_freeagentics"))
        .args(["test", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    test.stdin.take().unwrap().write_all(model.as_bytes()).unwrap();
    let output = test.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("  ok "), "{path}:\n{told}");
}

#[test]
fn every_relative_link_in_a_document_leads_to_a_file_and_a_heading() {
    let documents = sources_that_end_in(".md");
    assert!(documents.iter().any(|document| document.path == "README.md"), "no README among the documents");
    assert_none(&documents.iter().flat_map(dead_links).collect::<Vec<_>>());
}

#[test]
fn a_dead_link_is_found() {
    let dead = [
        "see [there](docs/nowhere.md)",
        "see [there](no-such-file.toml 'title')",
        "see [there](#no-such-heading)",
        "see [there](README.md#no-such-heading)",
        "[there]: docs/nowhere.md",
    ];
    for text in dead {
        assert_eq!(dead_links(&Source::new("x.md", text)).len(), 1, "{text}");
    }
    let alive = "# One `thing`, two\n[a](#one-thing-two) [b](https://example.org/nowhere)\n```\n[c](nowhere)\n```\n";
    assert_none(&dead_links(&Source::new("x.md", alive)));
}

fn dead_links(document: &Source) -> Vec<String> {
    let prose = prose(&document.text);
    let links = prose.iter().flat_map(|(at, line)| targets(line).into_iter().map(move |target| (*at, target)));
    links
        .filter(|(_, target)| !target.contains("://") && !target.starts_with("mailto:"))
        .filter(|(_, target)| !leads_somewhere(document, target))
        .map(|(at, target)| document.complaint(at, &format!("`{target}` leads nowhere")))
        .collect()
}

/// The lines outside fenced code, with their indices.
pub(super) fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut is_code = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push((at, line));
        }
    }
    lines
}

/// What stands in `](…)` or, at the start of a line, after `[…]: `; without a title.
fn targets(line: &str) -> Vec<&str> {
    let ends = |rest: &'_ str| rest.find([')', ' ']).unwrap_or(rest.len());
    let definition = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target);
    line.split("](").skip(1).chain(definition).map(|rest| &rest[..ends(rest)]).collect()
}

fn leads_somewhere(document: &Source, target: &str) -> bool {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(&document.path).parent().unwrap();
    let path = root().join(folder).join(file);
    let text = if file.is_empty() { Some(document.text.clone()) } else { std::fs::read_to_string(&path).ok() };
    let has_heading = |text: String| text.lines().any(|line| line.starts_with('#') && anchor(line) == heading);
    (file.is_empty() || path.exists()) && (heading.is_empty() || text.is_some_and(has_heading))
}

/// The anchor that repository hosts give to a heading.
fn anchor(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    title.replace(' ', "-").chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
}
