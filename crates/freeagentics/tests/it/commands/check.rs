//! `freeagentics check`.

use super::{fed, file, freeagentics};
use crate::lamp::{LAMP, broken_lamp};

#[test]
fn every_problem_is_told_with_its_place_and_its_mend() {
    let said = freeagentics(&["check", &file("check-broken.yaml", &broken_lamp())]);
    insta::assert_snapshot!(said.out, @r#"
    check-broken.yaml:7:20: unknown_name at /likelihood/light/given/0
      `lmap` is not a factor or a control
      mend: write `lamp`, or declare `lmap`

    check-broken.yaml:14:32: sum_not_one at /transition/lamp/cases/else/columns/good
      transition of `lamp`, column for action=else, lamp=good, sums to 1.009, not 1
      mend: multiply it by 1/1.009, or take 0.009 from the entries

    check-broken.yaml:15:23: unknown_label at /preference/lamp/diyng
      `diyng` is not a state of `lamp`
      mend: write `dying`, or declare `diyng`

    3 problems in check-broken.yaml; all can be mended by what `freeagentics check check-broken.yaml --patch` prints
    "#);
    assert_eq!((said.err.as_str(), said.code), ("", 1));
}

#[test]
fn a_sound_model_is_summed_up() {
    let said = freeagentics(&["check", &file("check-lamp.yaml", LAMP)]);
    insta::assert_snapshot!(said.out, @r#"
    check-lamp.yaml: lamp is sound
      factors     lamp (2)
      controls    action (2)
      modalities  light (2)
      plans       8 of 3 steps
      tests       1
      cost        about 172 multiply-adds a step; 16 table entries; 2 KiB
      digest      348056b407a36ac98a104df126b4015eda6885dad0af0a366850c02af99dcd45
    "#);
    assert_eq!(said.code, 0);
}

#[test]
fn a_model_that_only_gains_is_asked_whether_a_cost_was_meant() {
    let gains = LAMP.replace("{ dying: -1 }", "{ dying: 1 }").replace("{ change: -1.5 }", "{ change: 1.5 }");
    let said = freeagentics(&["check", &file("check-gains.yaml", &gains)]);
    assert!(said.out.contains("note        all preferences are gains: was a cost meant?"), "{}", said.out);
    assert_eq!(said.code, 0);
}

#[test]
fn the_printed_patch_leads_to_a_sound_model() {
    let broken = file("check-patch.yaml", &broken_lamp());
    let patch: serde_json::Value = serde_json::from_str(&freeagentics(&["check", &broken, "--patch"]).out).unwrap();
    assert!(patch.as_array().unwrap().iter().any(|operation| operation["path"] == "/likelihood/light/given/0"));
    let fixed = freeagentics(&["check", &broken, "--fixed"]);
    assert_eq!(fixed.code, 0);
    assert_eq!(fed(&["check", "-"], &fixed.out).code, 0);
    assert_eq!(
        std::fs::read_to_string(super::folder().join(&broken)).unwrap(),
        broken_lamp(),
        "the file is left alone"
    );
}

#[test]
fn a_mistake_that_no_patch_can_mend_keeps_the_exit_code_at_one() {
    let broken = LAMP.replace("factors:    { lamp: { states: [good, dying] } }\n", "");
    let said = freeagentics(&["check", &file("check-unmendable.yaml", &broken), "--patch"]);
    assert_eq!((said.out.trim(), said.code), ("[]", 1));
    assert!(said.err.contains("only you can mend"), "{}", said.err);
}

#[test]
fn problems_as_json_carry_code_pointer_and_patch() {
    let said = freeagentics(&["check", &file("check-json.yaml", &broken_lamp()), "--output", "json"]);
    let [told] = said.json().try_into().unwrap();
    assert_eq!((told["ok"].as_bool(), said.code), (Some(false), 1));
    let problem = &told["problems"][0];
    assert_eq!((problem["code"].as_str(), problem["line"].as_u64()), (Some("unknown_name"), Some(7)));
    assert_eq!(problem["patch"][0]["value"], "lamp");
}

#[test]
fn a_sound_model_as_json_carries_its_digest() {
    let [told] = freeagentics(&["check", "watchdog", "--output", "json"]).json().try_into().unwrap();
    assert_eq!(told["digest"].as_str().unwrap().len(), 64);
    assert_eq!((told["policies"].as_u64(), told["ok"].as_bool()), (Some(64), Some(true)));
}

#[test]
fn a_model_that_is_not_there_says_what_to_write_instead() {
    let said = freeagentics(&["check", "watchdgo"]);
    assert_eq!((said.out.as_str(), said.code), ("", 2));
    assert!(said.err.contains("did you mean `watchdog`?"), "{}", said.err);
    let said = freeagentics(&["check", "no/such/file.yaml"]);
    assert_eq!(said.code, 3);
    assert!(said.err.starts_with("error: no/such/file.yaml: cannot be read"), "{}", said.err);
}

#[test]
fn what_is_no_text_at_all_is_refused_and_not_a_panic() {
    std::fs::write(super::folder().join("check-binary.yaml"), [0x66, 0xff, 0xfe, 0x00]).unwrap();
    let said = freeagentics(&["check", "check-binary.yaml"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("UTF-8"), "{}", said.out);
    assert_eq!(freeagentics(&["check", &file("check-empty.yaml", "")]).code, 1);
}
