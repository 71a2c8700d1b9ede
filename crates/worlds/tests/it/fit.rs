//! An agent and a world that speak of the same things, in any order, or are told about what they do not share.

use freeagentics_inference::model::Evidence;
use worlds::{Fit, Mismatch, NAMES, Shape, named};

use crate::shipped;

#[test]
fn every_named_world_is_there_and_shows_something() {
    for (name, _) in NAMES {
        let mut world = named(name).unwrap_or_else(|| panic!("there is no world `{name}`"));
        let mut random = freeagentics_inference::numerics::Random::new(1, 0, 1);
        let moment = world.reset(&mut random);
        assert_eq!(moment.evidence.len(), world.shape().modalities.len(), "{name}");
        assert!(!world.truth().is_empty(), "{name}");
        let action = vec![0; world.shape().controls.len()];
        world.act(&action, &mut random);
    }
    assert!(named("nowhere").is_none());
}

#[test]
fn names_decide_what_belongs_together_and_not_the_order() {
    let spec = shipped("tmaze").spec;
    let mut shape = Shape::of(&spec);
    shape.modalities.reverse();
    shape.modalities[2].labels.reverse();
    shape.controls[0].labels.reverse();
    let fit = Fit::new(&shape, &spec).expect("the names are the same");
    let mut action = Vec::new();
    fit.action(&[0], &mut action);
    assert_eq!(action, [3], "`to_centre` stands last in the world");
    let shown = [Evidence::Index(1), Evidence::Missing, Evidence::Index(3)];
    let mut seen = Vec::new();
    fit.evidence(&shown, &mut seen);
    assert_eq!(seen, [Evidence::Index(0), Evidence::Missing, Evidence::Index(1)]);
}

#[test]
fn everything_that_has_no_counterpart_is_said_at_once() {
    let spec = shipped("tiger").spec;
    let mut shape = Shape::of(&spec);
    shape.controls[0].labels[0] = "wait".to_owned();
    shape.modalities[0].name = "smell".to_owned();
    let mismatches = Fit::new(&shape, &spec).expect_err("they differ");
    assert_eq!(mismatches.len(), 4, "{mismatches:?}");
    let label = |label: &str, only| Mismatch::Label {
        kind: "control",
        name: "command".to_owned(),
        label: label.to_owned(),
        only,
    };
    assert!(mismatches.contains(&label("wait", "world")) && mismatches.contains(&label("listen", "model")));
    assert!(mismatches.contains(&Mismatch::Missing { kind: "modality", name: "smell".to_owned() }));
    assert!(mismatches.contains(&Mismatch::Unknown { kind: "modality", name: "sound".to_owned() }));
}
