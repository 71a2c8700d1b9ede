//! `inference` computes and does nothing else: what it returns depends on what it is given, to the bit.

use super::{Source, assert_none, sources};

const CRATE: &str = "crates/inference/src/";

/// Parts of `std` that reach outside, and what would be used instead.
const IMPURE_STD: [(&str, &str); 8] = [
    ("fs", "files are read by the command or the server"),
    ("net", "the network belongs to the server"),
    ("io", "return values; the caller writes them"),
    ("env", "settings are parameters"),
    ("time", "the clock is a parameter: elapsed ticks"),
    ("thread", "the caller decides on threads"),
    ("process", "return an error; the caller decides whether to stop"),
    ("os", "results are the same on every system"),
];

/// Words that bring state or an order that differs from run to run.
const IMPURE_WORDS: [(&str, &str); 13] = [
    ("HashMap", "its order differs from run to run; use BTreeMap"),
    ("HashSet", "its order differs from run to run; use BTreeSet"),
    ("thread_local", "no global state"),
    ("AtomicBool", "no shared state"),
    ("AtomicU32", "no shared state"),
    ("AtomicU64", "no shared state"),
    ("AtomicUsize", "no shared state"),
    ("OnceCell", "no shared state"),
    ("RwLock", "no shared state"),
    ("OnceLock", "no global state"),
    ("LazyLock", "no global state"),
    ("Mutex", "no shared state"),
    ("async", "no async: a step is a computation"),
];

#[test]
fn inference_reaches_no_file_network_clock_environment_or_global_state() {
    let complaints: Vec<String> =
        sources().iter().filter(|source| source.path.starts_with(CRATE)).flat_map(impurities).collect();
    assert_none(&complaints);
}

#[test]
fn a_planted_impurity_is_found_however_it_is_imported() {
    let planted = [
        "let now = std::time::Instant::now();",
        "use std::{fmt, fs::File};",
        "use std::{\n    collections::BTreeMap,\n    env,\n};",
        "let seen: HashMap<u8, u8> = HashMap::new();",
        "let cache = OnceLock::new();",
        "static CALLS: AtomicU64 = AtomicU64::new(0);",
        "use std as sys;",
        "let _ = \"http://x\"; let _ = std::env::var(1);",
    ];
    for text in planted {
        assert_eq!(impurities(&Source::new("crates/inference/src/x.rs", text)).len(), 1, "{text}");
    }
}

#[test]
fn a_comment_may_speak_of_what_code_may_not_do() {
    let text = "//! No std::fs and no HashMap here.\nuse std::{fmt, sync::Arc}; // not std::io\n";
    assert_none(&impurities(&Source::new("crates/inference/src/x.rs", text)));
}

fn impurities(source: &Source) -> Vec<String> {
    let code: String = source.text.lines().map(without_comment).collect::<Vec<_>>().join("\n");
    let used = std_modules(&code);
    let renamed = code.contains("std as").then(|| format!("{}: `std as`: name the module", source.path));
    let words: Vec<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let std = IMPURE_STD.iter().filter(|(module, _)| used.iter().any(|name| name == module));
    let named = IMPURE_WORDS.iter().filter(|(word, _)| words.contains(word));
    let found = std.chain(named).map(|(name, instead)| format!("{}: `{name}`: {instead}", source.path));
    found.chain(renamed).collect()
}

/// The line without its comment and without what stands between quotes (which may hold `//`).
fn without_comment(line: &str) -> String {
    let outside: Vec<&str> = line.split('"').step_by(2).collect();
    outside.join("\"\"").split("//").next().unwrap_or_default().to_owned()
}

/// The modules of `std` that a source names: `std::fs::File` and both of `std::{fmt, fs}`.
fn std_modules(code: &str) -> Vec<String> {
    let dense: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    dense.split("std::").skip(1).flat_map(first_segments).collect()
}

/// The first names of what follows `std::`, of which there are several in `{a, b::{c, d}}`.
fn first_segments(rest: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut depth = 0;
    let mut names = vec![name(group)];
    for (at, symbol) in group.char_indices() {
        match symbol {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names
}
