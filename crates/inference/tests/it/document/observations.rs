//! What an agent is told at one step.

use freeagentics_inference::document::{Code, Limits, Observations, Problem, Reading};
use freeagentics_inference::model::Evidence;

use super::valid;

fn read(model: &str, line: &str) -> Result<Reading, Vec<Problem>> {
    Observations::of(&valid(model).spec, Limits::default()).read(line).map_err(|problems| problems.problems)
}

fn evidence(line: &str) -> Vec<Evidence> {
    read("pump", line).unwrap().evidence
}

#[test]
fn a_name_a_number_and_odds_become_evidence() {
    let line = r#"{"sound": "rattle", "vibration": 3.2, "report": {"fine": 0.75, "damage": 0.25}}"#;
    let soft = Evidence::Soft(vec![0.0, 0.75, 0.25]);
    assert_eq!(evidence(line), [Evidence::Index(1), soft, Evidence::Index(1)]);
}

#[test]
fn what_is_left_out_or_null_is_missing() {
    assert_eq!(evidence("{}"), [Evidence::Missing, Evidence::Missing, Evidence::Missing]);
    assert_eq!(evidence(r#"{"sound": null}"#)[0], Evidence::Missing);
}

#[test]
fn a_number_belongs_to_the_bin_that_begins_with_it() {
    let bin =
        |number: &str| read("pump", &format!("{{\"vibration\": {number}}}")).map(|reading| reading.evidence[2].clone());
    assert_eq!(bin("0"), Ok(Evidence::Index(0)));
    assert_eq!(bin("2.4999999"), Ok(Evidence::Index(0)));
    assert_eq!(bin("2.5"), Ok(Evidence::Index(1)));
    assert_eq!(bin("1e300"), Ok(Evidence::Index(2)));
    assert_eq!(bin("\"rough\""), Ok(Evidence::Index(1)));
    assert_eq!(bin("-0.1").unwrap_err()[0].code, Code::OutsideBins);
}

#[test]
fn the_last_bin_also_holds_its_upper_bound() {
    let weight =
        |number: f64| read("robot", &format!("{{\"weight\": {number}}}")).map(|reading| reading.evidence[1].clone());
    assert_eq!(weight(9.0), Ok(Evidence::Index(2)));
    assert_eq!(weight(-1e9), Ok(Evidence::Index(0)));
    assert_eq!(weight(9.000_001).unwrap_err()[0].code, Code::OutsideBins);
}

#[test]
fn what_was_executed_and_how_long_ago_is_told_as_well() {
    let reading = read("pump", r#"{"executed": "inspect", "elapsed": 4}"#).unwrap();
    assert_eq!((reading.executed, reading.elapsed), (Some(vec![1]), 4));
    let reading = read("robot", r#"{"executed": {"gripper": "close", "wheels": "stay"}}"#).unwrap();
    assert_eq!((reading.executed, reading.elapsed), (Some(vec![0, 1]), 1));
}

#[test]
fn each_mistake_in_an_observation_is_one_problem() {
    let mistakes = [
        (r#"{"sond": "quiet"}"#, Code::UnknownName, "/sond", "write `sound`"),
        (r#"{"sound": "quite"}"#, Code::UnknownLabel, "/sound", "write `quiet`"),
        (
            r#"{"vibration": "3.2"}"#,
            Code::WrongType,
            "/vibration",
            "write a number (without quotes) or the name of a bin",
        ),
        (r#"{"vibration": ".nan"}"#, Code::NotFinite, "/vibration", "write a finite number"),
        (r#"{"sound": 1}"#, Code::UnknownLabel, "/sound", "write `quiet` or `rattle`"),
        (r#"{"sound": {"quiet": 0.5}}"#, Code::SumNotOne, "/sound", "multiply it by 1/0.5, or add 0.5 to one entry"),
        (
            r#"{"sound": {"quiet": 1.000000002}}"#,
            Code::SumNotOne,
            "/sound",
            "multiply it by 1/1.000000002, or take 0.000000002 from the entries",
        ),
        (
            r#"{"sound": {"quiet": 1.5, "rattle": -0.5}}"#,
            Code::Negative,
            "/sound/rattle",
            "write a number that is 0 or more",
        ),
        (r#"{"sound": [1]}"#, Code::WrongShape, "/sound", "write 2 numbers that sum to 1, or name them"),
        (r#"{"pump": "ok"}"#, Code::WrongKind, "/pump", "write `sound`, `report` or `vibration`"),
        (r#"{"execute": "run"}"#, Code::UnknownKey, "/execute", "write `executed`"),
        (r#"{"executed": "stop"}"#, Code::UnknownLabel, "/executed", "write `run`, `inspect` or `repair`"),
        (r#"{"elapsed": 0}"#, Code::OutOfRange, "/elapsed", "write a number that is from 1 to 10000"),
        (r#"{"elapsed": 1.5}"#, Code::NotWhole, "/elapsed", "write a whole number"),
        (
            r#"{"sound": "quiet", "sound": "rattle"}"#,
            Code::DuplicateKey,
            "/sound",
            "keep one of the two, or rename one",
        ),
        (r#"["quiet"]"#, Code::WrongType, "", "write a map from modalities to what was observed"),
        (
            r#"{"sound": quiet}"#,
            Code::Syntax,
            "",
            "write JSON: keys and texts in double quotes, a comma between items and none behind the last",
        ),
        ("", Code::EmptyDocument, "", "write a JSON object, such as {\"sound\": \"quiet\"}"),
    ];
    for (line, code, pointer, mend) in mistakes {
        let problems = read("pump", line).expect_err(line);
        assert_eq!(problems.len(), 1, "{line}: {problems:?}");
        let found = (problems[0].code, problems[0].pointer.as_str(), problems[0].mend.as_str());
        assert_eq!(found, (code, pointer, mend), "{line}: {}", problems[0].message);
    }
}

#[test]
fn a_misspelt_observation_carries_the_patch_that_mends_it() {
    let observations = Observations::of(&valid("pump").spec, Limits::default());
    let line = r#"{"sond": "quite", "vibration": "3.2"}"#;
    let problems = observations.read(line).unwrap_err();
    let mended = problems.mend(&serde_json::from_str(line).unwrap()).unwrap().to_string();
    // What stands under a modality that is not known cannot be checked before its name is right.
    let problems = observations.read(&mended).unwrap_err();
    let mended = problems.mend(&serde_json::from_str(&mended).unwrap()).unwrap().to_string();
    assert_eq!(
        observations.read(&mended),
        read("pump", r#"{"sound": "quiet", "vibration": 3.2}"#).map_err(|_| problems)
    );
}
