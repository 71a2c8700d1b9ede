//! Documents made to be too large, too deep or too costly, and texts that are no documents at all.

use freeagentics_inference::document::{Code, Format, Limits, Problem, Problems, read, to_json};

use super::{FIXTURES, fixture};

fn only(result: Result<impl std::fmt::Debug, Problems>) -> Problem {
    let mut problems = result.unwrap_err().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.pop().unwrap()
}

fn code(text: &str, limits: &Limits) -> Code {
    only(read(text, Format::Auto, limits)).code
}

/// A model with one factor, one control and plans of some length.
fn model(states: usize, values: usize, agent: &str) -> String {
    let names = |n: usize| (0..n).map(|i| format!("n{i}")).collect::<Vec<_>>().join(", ");
    format!(
        "freeagentics: 1\nname: large\nfactors: {{ place: [{}] }}\ncontrols: {{ move: [{}] }}\nmodalities: {{ m: [a] }}\n\
         likelihood: {{ m: uniform }}\ntransition: {{ place: identity }}\nagent: {agent}\n",
        names(states),
        names(values),
    )
}

#[test]
fn an_alias_that_expands_without_end_is_refused_early() {
    let mut laughs = "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n".to_owned();
    for (inner, outer) in ('a'..='y').zip('b'..='z') {
        laughs += &format!("{outer}: &{outer} [{}]\n", vec![format!("*{inner}"); 9].join(", "));
    }
    assert_eq!(code(&laughs, &Limits::default()), Code::AliasExpansion);
}

#[test]
fn nesting_is_refused_when_it_is_too_deep() {
    let limits = Limits::default();
    let lists = |n: usize| format!("name: {}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(code(&lists(limits.depth + 1), &limits), Code::TooDeep);
    assert_ne!(only(to_json_problem(&lists(limits.depth + 1), &limits)).code, Code::Syntax);
    assert!(to_json(&lists(limits.depth - 1), Format::Yaml, &limits).is_ok());
    let json = format!("{{\"name\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(code(&json, &limits), Code::TooDeep);
    assert_eq!(code(&"- ".repeat(100_000), &limits), Code::TooDeep);
}

fn to_json_problem(text: &str, limits: &Limits) -> Result<serde_json::Value, Problems> {
    to_json(text, Format::Yaml, limits)
}

#[test]
fn length_and_number_of_values_are_limited() {
    let text = fixture("pump");
    let short = Limits { document_bytes: text.len() - 1, ..Limits::default() };
    let problem = only(read(text, Format::Auto, &short));
    assert_eq!((problem.code, problem.found), (Code::DocumentTooLarge, Some(text.len().into())));
    for name in ["pump", "heater"] {
        let few = Limits { nodes: 20, ..Limits::default() };
        assert_eq!(code(fixture(name), &few), Code::TooManyNodes);
    }
}

#[test]
fn names_and_labels_are_counted_before_they_are_read() {
    let names = Limits { modalities: 2, ..Limits::default() };
    let problem = only(read(fixture("pump"), Format::Auto, &names));
    assert_eq!((problem.code, problem.pointer.as_str()), (Code::TooManyNames, "/modalities"));
    let labels = Limits { labels: 2, ..Limits::default() };
    let problems = read(fixture("heater"), Format::Auto, &labels).unwrap_err().problems;
    let found: Vec<_> = problems.iter().map(|problem| (problem.code, problem.pointer.as_str())).collect();
    let too_many = |pointer| (Code::TooManyLabels, pointer);
    assert_eq!(
        found,
        [too_many("/factors/heat/states"), too_many("/controls/valve/values"), too_many("/modalities/degrees/bins")]
    );
    let tests = Limits { tests: 1, ..Limits::default() };
    assert_eq!(code(fixture("pump"), &tests), Code::TooManyTests);
}

#[test]
fn a_word_that_stands_for_a_huge_table_is_refused_with_its_size() {
    let problem = only(read(&model(4000, 2, "{}"), Format::Auto, &Limits::default()));
    assert_eq!((problem.code, problem.pointer.as_str()), (Code::TablesTooLarge, "/transition/place"));
    assert!(problem.message.contains("4000 × 4000 = 16000000"), "{}", problem.message);
    assert_eq!(problem.found, Some(16_000_001.into()));
}

#[test]
fn plans_are_counted_before_they_are_spelt_out() {
    let problem = only(read(&model(2, 50, "{ policy_length: 64 }"), Format::Auto, &Limits::default()));
    assert_eq!((problem.code, problem.pointer.as_str()), (Code::TooManyPolicies, "/agent/policy_length"));
    assert_eq!(problem.found, Some(u64::MAX.into()));
    let problem = only(read(&model(2, 50, "{ policy_length: 4 }"), Format::Auto, &Limits::default()));
    assert_eq!(problem.found, Some(6_250_000.into()));
    assert!(problem.message.contains("50 actions in plans of length 4 make 6250000 policies"), "{}", problem.message);
    let few = Limits { policies: 3, ..Limits::default() };
    assert_eq!(code(fixture("doors"), &few), Code::TooManyPolicies);
}

#[test]
fn a_step_that_costs_too_much_is_refused_with_the_estimate() {
    let text = model(500, 10, "{ policy_length: 5 }");
    let problem = only(read(&text, Format::Auto, &Limits::default()));
    assert_eq!((problem.code, problem.pointer.as_str()), (Code::StepTooCostly, "/agent"));
    // 10 + 10² + … + 10⁵ beginnings over 250,000 transition entries and one of the likelihood, once more to infer.
    assert_eq!(problem.found, Some((111_110_u64 * 250_001 + 1).into()));
    let generous = Limits { operations: u64::MAX, bytes: 1 << 20, ..Limits::default() };
    let problem = only(read(&text, Format::Auto, &generous));
    assert!(problem.message.contains("bytes"), "{}", problem.message);
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let text =
        fixture("pump").replace("freeagentics: 1", &(0..50).map(|i| format!("strange{i}: 1\n")).collect::<String>());
    let few = Limits { problems: 10, ..Limits::default() };
    let problems = read(&text, Format::Auto, &few).unwrap_err();
    assert_eq!((problems.problems.len(), problems.omitted), (10, 41));
    assert!(problems.to_string().ends_with("and 41 more"));
}

#[test]
fn an_agent_without_controls_cannot_be_told_what_to_do() {
    let text = fixture("watcher").replace("freeagentics: 1", "freeagentics: 1\nagent: { idle: run }");
    let problem = only(read(&text, Format::Auto, &Limits::default()));
    assert_eq!((problem.code, problem.pointer.as_str()), (Code::NoControls, "/agent/idle"));
}

#[test]
fn a_key_of_a_megabyte_is_not_repeated_in_pointers() {
    let key = "k".repeat(1 << 20);
    for text in [format!("{{? {key} : {{a: 1}}}}"), format!("{{\"{key}\": {{\"a\": 1}}}}")] {
        let problems = read(&text, Format::Auto, &Limits::default()).unwrap_err();
        assert!(
            problems.problems.iter().any(|problem| problem.code == Code::InvalidName),
            "{}",
            &problems.to_string()[..200]
        );
        assert!(problems.to_string().len() < 10_000);
    }
}

/// Every text is answered: a document or problems, but no panic, and no problem without a text.
#[test]
fn no_text_makes_the_reader_panic() {
    let pieces = [
        "{", "}", "[", "]", ":", ": ", ", ", "\n", "  ", "- ", "? ", "&a ", "*a", "!x ", "\"", "'", "#", "|", ">", "%",
        "~", "<<: ", "1e999", "-0", ".nan", ".inf", "1/0", "0/0", "\t", "\u{feff}", "\u{85}", "é", "else: ", "joint: ",
        "---\n", "null",
    ];
    let mut state = 1_u64;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    for run in 0..3000 {
        let mut chars: Vec<char> = FIXTURES[run % FIXTURES.len()].1.chars().collect();
        for _ in 0..=below(8) {
            let at = below(chars.len());
            match below(3) {
                0 => drop(chars.drain(at..(at + 1 + below(12)).min(chars.len()))),
                1 => drop(chars.splice(at..at, pieces[below(pieces.len())].chars())),
                _ => {
                    let from = below(chars.len());
                    let part: Vec<char> = chars[from..(from + 1 + below(40)).min(chars.len())].to_vec();
                    drop(chars.splice(at..at, part));
                }
            }
        }
        let text: String = chars.into_iter().collect();
        for format in [Format::Yaml, Format::Json] {
            if let Err(problems) = read(&text, format, &Limits::default()) {
                assert!(!problems.problems.is_empty(), "{text}");
                assert!(
                    problems.problems.iter().all(|problem| !problem.message.is_empty() && !problem.mend.is_empty())
                );
            }
        }
    }
}

#[test]
fn a_description_may_have_lines_and_holds_nothing_that_a_terminal_or_a_database_would_stumble_over() {
    let described = |text: &str| model(2, 2, "{}") + &format!("description: \"{text}\"\n");
    let fine = read(&described("two\\n\\tlines, ä 🦀"), Format::Yaml, &Limits::default()).unwrap();
    assert_eq!(fine.description.as_deref(), Some("two\n\tlines, ä 🦀"));
    for strange in ["\\0", "a\\e[31m", "\\x7f"] {
        let problem = only(read(&described(strange), Format::Yaml, &Limits::default()));
        assert_eq!((problem.code, problem.pointer.as_str()), (Code::InvalidName, "/description"), "{strange}");
    }
}
