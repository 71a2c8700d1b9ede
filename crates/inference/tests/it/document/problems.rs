//! One example of each problem, with what a user reads about it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use freeagentics_inference::document::{Code, Format, Limits, from_utf8, read};

const VALID: &str = "\
freeagentics: 1
name: lamp
factors: { lamp: [good, dying], room: [\"off\", dim, lit] }
controls: { act: [leave, swap] }
modalities: { light: [steady, flicker], heat: { bins: { low: [0, 10], high: [10, 50] }, unit: C } }
likelihood:
  light: { given: [lamp], table: [[.9, .2], [.1, .8]] }
  heat: { given: [lamp, act], initial: leave, cases: { leave: { columns: { good: low, dying: { high: 1 } } }, else: uniform } }
transition:
  lamp: { given: [lamp], by: [act], columns: { else: { leave: [.9, .1], swap: good } } }
  room: identity
preference: { light: { flicker: -2 }, joint: [{ over: [lamp, act], at: before, values: { dying: { swap: 1 } } }] }
agent: { policies: [[leave, swap], [leave, leave]], habits: [1, 2], mode: full }
tests: [{ given: [{ light: flicker }, { heat: 12, executed: swap }], then: { action: leave } }]
";

/// What is wrong: the part of the valid document that is replaced, by what, and what must be said of it.
const EXAMPLES: &[(Code, &str, &str)] = &[
    (Code::ByteOrderMark, "freeagentics", "\u{feff}freeagentics"),
    (Code::UnreadableText, "name: lamp", "name: l\u{7}mp"),
    (Code::UnreadableText, "name: lamp", "name: l\u{fffd}mp"),
    (Code::TabIndentation, "  light:", "\tlight:"),
    (Code::Syntax, "[good, dying]", "[good, dying"),
    (Code::SeveralDocuments, "likelihood:", "---\nlikelihood:"),
    (Code::AliasToItself, "[good, dying]", "&lamp [good, *lamp]"),
    (Code::DuplicateKey, "name: lamp", "name: lamp\nname: bulb"),
    (Code::MergeKey, "{ else: {", "{ <<: {}, else: {"),
    (Code::KeyNotText, "{ else: {", "{ [a]: 1, else: {"),
    (Code::Tag, "[.9, .2]", "[!!float .9, .2]"),
    (Code::UnsupportedVersion, "freeagentics: 1", "freeagentics: 2"),
    (Code::UnknownKey, "name: lamp", "name: lamp\ntitle: lamp"),
    (Code::UnknownKey, "transition:", "transitoin:"),
    (Code::MissingKey, "name: lamp\n", ""),
    (Code::MissingKey, "given: [lamp], table", "table"),
    (Code::ConflictingKeys, "table: [[.9", "columns: {}, table: [[.9"),
    (Code::ConflictingKeys, "{ columns: { good: low, dying: { high: 1 } } }", "{ good: low, dying: { high: 1 } }"),
    (Code::ConflictingKeys, "{ columns: { good: low, dying: { high: 1 } } }", "{ good: low, dyng: { high: 1 } }"),
    (Code::ConflictingKeys, "columns: { else: { leave: [.9, .1], swap: good } }", "leave: identity, swap: uniform"),
    (Code::ConflictingKeys, "by: [act], columns: { else: { leave: [.9, .1], swap: good } }", "by: [act]"),
    (Code::ConflictingKeys, "bins: {", "values: [a, b], bins: {"),
    (Code::WrongType, "[.9, .2]", ".9"),
    (Code::WrongType, "name: lamp", "name: 7"),
    (Code::WrongType, "[steady, flicker]", "2"),
    (Code::WrongType, "by: [act]", "by: act"),
    (Code::WrongType, "[.9, .2]", "[90%, .2]"),
    (Code::WrongType, "dying: { high: 1 }", "dying: { high: 100% }"),
    (Code::WrongType, "swap: good", "swap: 1"),
    (Code::WrongType, "else: { leave: [.9, .1], swap: good }", "good: { good: .9, dying: .1 }, else: { else: good }"),
    (Code::WrongType, "else: { leave: [.9, .1], swap: good }", "good: good, else: { else: good }"),
    (Code::WrongType, "then: { action: leave }", "then: leave"),
    (Code::UnknownWord, "mode: full", "mode: fully"),
    (Code::UnknownWord, "room: identity", "room: identical"),
    (Code::NotFinite, "flicker: -2", "flicker: -.inf"),
    (Code::NotFinite, "[.9, .2]", "[.nan, .2]"),
    (Code::NotWhole, "policies: [[leave, swap], [leave, leave]], habits: [1, 2]", "policy_length: 1.5"),
    (Code::Negative, "[.9, .2]", "[.9, -.2]"),
    (Code::OutOfRange, "mode: full", "discount: 1.5"),
    (Code::OutOfRange, "executed: swap", "elapsed: 0"),
    (Code::NameNotQuoted, "[\"off\", dim, lit]", "[off, dim, lit]"),
    (Code::InvalidName, "room: [", "the room: ["),
    (Code::ReservedName, "dim, lit]", "else, lit]"),
    (Code::NameTaken, "{ act: [leave, swap] }", "{ act: [leave, swap], room: [a, b] }"),
    (Code::DuplicateLabel, "[steady, flicker]", "[steady, flicker, steady]"),
    (Code::NothingDeclared, "[\"off\", dim, lit]", "[]"),
    (Code::UnknownName, "by: [act]", "by: [atc]"),
    (Code::UnknownName, "light: flicker }", "lihgt: flicker }"),
    (Code::UnknownLabel, "swap: good", "swop: good"),
    (Code::UnknownLabel, "executed: swap", "executed: replace"),
    (Code::WrongKind, "given: [lamp], by", "given: [act], by"),
    (Code::WrongKind, "given: [lamp], table", "given: [heat], table"),
    (Code::EmptyBin, "high: [10, 50]", "high: [50, 10]"),
    (Code::BinGap, "high: [10, 50]", "high: [12, 50]"),
    (Code::BinOverlap, "high: [10, 50]", "high: [8, 50]"),
    (Code::MissingLikelihood, "  light: { given: [lamp], table: [[.9, .2], [.1, .8]] }\n", ""),
    (Code::MissingTransition, "  room: identity\n", ""),
    (Code::DuplicateDependency, "given: [lamp], by", "given: [lamp, lamp], by"),
    (Code::WrongShape, "[[.9, .2], [.1, .8]]", "[[.9, .2], [.1]]"),
    (Code::WrongShape, "[[.9, .2], [.1, .8]]", "[[.9, .2, .3], [.1, .8, .7]]"),
    (Code::WrongShape, "[[.9, .2], [.1, .8]]", "[.9, .2, .1, .8]"),
    (Code::Transposed, "[[.9, .2], [.1, .8]]", "[[.9, .1], [.2, .8]]"),
    (Code::SumNotOne, "[[.9, .2], [.1, .8]]", "[[.85, .2], [.1, .8]]"),
    (Code::SumNotOne, "leave: [.9, .1]", "leave: [.9, .3]"),
    (Code::MissingEntry, ", else: uniform", ""),
    (Code::IdentityUnclear, "given: [lamp], table: [[.9, .2], [.1, .8]]", "given: [room], table: identity"),
    (Code::NeedlessInitial, "given: [lamp], table", "given: [lamp], initial: leave, table"),
    (Code::MomentMissing, "at: before, ", ""),
    (Code::ControlNotNamed, "executed: swap", "executed: {}"),
    (Code::HabitCount, "habits: [1, 2]", "habits: [1, 2, 3]"),
    (Code::NoHabit, "habits: [1, 2]", "habits: [0, 0]"),
    (Code::UnequalPolicies, "[leave, leave]]", "[leave]]"),
    (Code::NothingExpected, "{ action: leave }", "{}"),
    (Code::NoPreviousStep, "{ light: flicker }", "{ light: flicker, elapsed: 3 }"),
    (Code::OutsideBins, "heat: 12", "heat: 50.5"),
];

/// Codes that need a document of their own.
const OTHERS: [Code; 12] = [
    Code::EmptyDocument,
    Code::DocumentTooLarge,
    Code::TooDeep,
    Code::TooManyNodes,
    Code::AliasExpansion,
    Code::NoControls,
    Code::TooManyNames,
    Code::TooManyLabels,
    Code::TablesTooLarge,
    Code::TooManyPolicies,
    Code::StepTooCostly,
    Code::TooManyTests,
];

#[test]
fn each_mistake_is_one_problem_with_a_text_that_helps() {
    assert!(super::read_text(VALID).is_ok(), "{}", super::read_text(VALID).unwrap_err());
    let mut texts = String::new();
    for (code, part, by) in EXAMPLES {
        assert!(VALID.contains(part), "{part}");
        let text = VALID.replacen(part, by, 1);
        let problems = read(&text, Format::Yaml, &Limits::default()).expect_err(by);
        let codes: Vec<Code> = problems.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [*code], "{by}: {problems}");
        let problem = &problems.problems[0];
        let at = format!("{}:{}", problem.line.unwrap(), problem.column.unwrap());
        let _ = writeln!(texts, "{code} {at} {}\n  {}\n  → {}", problem.pointer, problem.message, problem.mend);
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn every_code_has_an_example() {
    let shown: BTreeSet<Code> = EXAMPLES.iter().map(|(code, ..)| *code).chain(OTHERS).collect();
    let unshown: Vec<&Code> = Code::ALL.iter().filter(|code| !shown.contains(code)).collect();
    assert!(unshown.is_empty(), "{unshown:?}");
}

#[test]
fn codes_are_distinct_words_with_a_meaning() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
        assert!(code.meaning().ends_with('.'), "{code}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_stop_to_be() {
    let problems = from_utf8(b"name: lamp\nx: \xff").unwrap_err();
    let problem = &problems.problems[0];
    assert_eq!((problem.code, problem.line, problem.column), (Code::UnreadableText, Some(2), Some(4)));
    assert_eq!(from_utf8(b"name: lamp"), Ok("name: lamp"));
}

#[test]
fn an_empty_document_says_what_the_shortest_one_has() {
    for text in ["", "  \n\n", "# nothing but a comment\n", "~", "---\n...\n", "null"] {
        let problems = read(text, Format::Yaml, &Limits::default()).unwrap_err();
        assert_eq!(problems.problems[0].code, Code::EmptyDocument, "{text:?}: {problems}");
        assert!(problems.problems[0].mend.contains("`likelihood`"));
    }
}

#[test]
fn a_wrong_name_is_one_problem_however_often_it_is_used() {
    // The declaration is what was misspelt; everything else uses the right name.
    let text = VALID.replacen("factors: { lamp:", "factors: { lmap:", 1);
    let problems = super::read_text(&text).unwrap_err();
    assert_eq!(problems.problems.len(), 1, "{problems}");
    let problem = &problems.problems[0];
    assert_eq!((problem.code, problem.pointer.as_str()), (Code::UnknownName, "/likelihood/light/given/0"));
    let also =
        ["/likelihood/heat/given/0", "/transition/lamp", "/transition/lamp/given/0", "/preference/joint/0/over/0"];
    assert_eq!(problem.also, also);
}

#[test]
fn a_table_whose_dependencies_lack_brackets_is_read_all_the_same() {
    let text = VALID.replacen("given: [lamp], table: [[.9", "given: lamp, table: [[.8", 1);
    let problems = super::read_text(&text).unwrap_err();
    let found: Vec<_> = problems.problems.iter().map(|problem| (problem.code, problem.mend.as_str())).collect();
    let sum = (Code::SumNotOne, "multiply it by 1/0.9, or add 0.1 to one entry");
    assert_eq!(found, [(Code::WrongType, "write `[lamp]`"), sum]);
}

#[test]
fn cases_without_columns_above_them_are_read_all_the_same_and_moved_by_the_patch() {
    let text = VALID.replacen("table: [[.9, .2], [.1, .8]]", "good: [.9, .2], dying: flicker", 1);
    let problems = super::read_text(&text).unwrap_err();
    let codes: Vec<Code> = problems.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::ConflictingKeys, Code::SumNotOne], "{problems}");
    let json = freeagentics_inference::document::to_json(&text, Format::Yaml, &Limits::default()).unwrap();
    let mended = problems.mend(&json).unwrap();
    assert_eq!(mended["likelihood"]["light"]["columns"]["dying"], "flicker");
    assert!(super::read_text(&mended.to_string()).is_ok(), "{mended}");
}

#[test]
fn cases_in_a_likelihood_without_given_are_not_thrown_away_either() {
    let text =
        VALID.replacen("{ given: [lamp], table: [[.9, .2], [.1, .8]] }", "{ good: [.9, .1], dying: flicker }", 1);
    let problems = super::read_text(&text).unwrap_err();
    let found: Vec<(Code, &str)> =
        problems.problems.iter().map(|problem| (problem.code, problem.mend.as_str())).collect();
    assert_eq!(found.len(), 2, "{problems}");
    assert!(found.contains(&(Code::ConflictingKeys, "put `good` and `dying` under `columns:`")), "{problems}");
    assert!(found.iter().any(|(code, _)| *code == Code::MissingKey), "{problems}");
}

#[test]
fn a_level_that_is_skipped_is_one_problem_however_much_stands_below_it() {
    let columns = "given: [lamp, room], by: [act], columns: { else: { leave: [.9, .3], swap: { good: 1 } } }";
    let text =
        VALID.replacen("given: [lamp], by: [act], columns: { else: { leave: [.9, .1], swap: good } }", columns, 1);
    let problems = super::read_text(&text).unwrap_err();
    let codes: Vec<Code> = problems.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::WrongType, Code::SumNotOne], "{problems}");
    let mend = "write `else: { else: { leave: …, swap: … } }` if `room` makes no difference, or one for each";
    assert_eq!(problems.problems[0].mend, mend);
    let json = freeagentics_inference::document::to_json(&text, Format::Yaml, &Limits::default()).unwrap();
    let mended = problems.mend(&json).unwrap().to_string();
    assert!(super::read_text(&mended).is_ok(), "{mended}");
}

#[test]
fn what_is_wrong_with_a_distribution_that_stands_too_early_is_said_of_the_distribution() {
    let columns = "given: [lamp], by: [act], columns: { else: { good: 10%, dying: .8 } }";
    let text =
        VALID.replacen("given: [lamp], by: [act], columns: { else: { leave: [.9, .1], swap: good } }", columns, 1);
    let problems = super::read_text(&text).unwrap_err();
    let mends: Vec<&str> = problems.problems.iter().map(|problem| problem.mend.as_str()).collect();
    let wrapped = "write `else: { else: { good: 10%, dying: 0.8 } }` if `act` makes no difference, or one for each";
    assert_eq!(mends, [wrapped, "write 0.1"], "{problems}");
}

#[test]
fn too_many_plans_are_told_how_long_they_can_be() {
    let (plans, twenty) = ("policies: [[leave, swap], [leave, leave]], habits: [1, 2]", "policy_length: 20");
    let problems = super::read_text(&VALID.replacen(plans, twenty, 1)).unwrap_err();
    let mend = "plan at most 16 ahead with 2 actions, or list the `policies` that matter";
    assert_eq!(problems.problems[0].mend, mend);
}

#[test]
fn what_an_anchor_marks_is_wrong_once() {
    let text = VALID
        .replacen("[[.9, .2], [.1, .8]]", "&table [[.9, .2], [.1, .7]]", 1)
        .replacen("room: identity", "room: identity\n  lamp: { table: *table }", 1)
        .replacen("  lamp: { given: [lamp], by: [act], columns: { else: { leave: [.9, .1], swap: good } } }\n", "", 1);
    let problems = super::read_text(&text).unwrap_err();
    assert_eq!(problems.problems.len(), 1, "{problems}");
    assert_eq!(problems.problems[0].pointer, "/likelihood/light/table/0/1");
    assert_eq!(problems.problems[0].also, ["/transition/lamp/table/0/1"]);
    let json = freeagentics_inference::document::to_json(&text, Format::Yaml, &Limits::default()).unwrap();
    let mended = problems.mend(&json).unwrap();
    assert!(super::read_text(&mended.to_string()).is_ok());
}

#[test]
fn a_problem_is_data_for_programs() {
    let text = VALID.replacen("[.9, .2], [.1, .8]", "[.85, .2], [.1, .8]", 1);
    let problems = super::read_text(&text).unwrap_err();
    insta::assert_json_snapshot!(problems);
}

#[test]
fn in_json_a_syntax_error_has_a_position_and_a_key_that_comes_twice_is_found() {
    let limits = Limits::default();
    let problems = read("{\"freeagentics\": 1,\n \"name\": }", Format::Json, &limits).unwrap_err();
    let problem = &problems.problems[0];
    assert_eq!((problem.code, problem.line, problem.column), (Code::Syntax, Some(2), Some(10)));
    let json = freeagentics_inference::document::to_json(VALID, Format::Yaml, &limits).unwrap().to_string();
    let twice = json.replacen("\"name\":\"lamp\"", "\"name\":\"lamp\",\"name\":\"bulb\"", 1);
    let problems = read(&twice, Format::Json, &limits).unwrap_err();
    assert_eq!(problems.problems.len(), 1, "{problems}");
    assert_eq!((problems.problems[0].code, problems.problems[0].pointer.as_str()), (Code::DuplicateKey, "/name"));
    assert_eq!(problems.problems[0].line, None);
}
