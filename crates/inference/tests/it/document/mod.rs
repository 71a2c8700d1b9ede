//! The model document.

mod forms;
mod hostile;
mod learning;
mod limits_of_patches;
mod mutator;
mod observations;
mod problems;
mod schema;
mod shipped;

use freeagentics_inference::document::{Document, Format, Limits, Problems, read};

/// Documents that together use every form that the format has.
const FIXTURES: [(&str, &str); 6] = [
    ("pump", include_str!("fixtures/pump.yaml")),
    ("doors", include_str!("fixtures/doors.yaml")),
    ("watcher", include_str!("fixtures/watcher.yaml")),
    ("robot", include_str!("fixtures/robot.yaml")),
    ("heater", include_str!("fixtures/heater.json")),
    ("valves", include_str!("fixtures/valves.yaml")),
];

fn fixture(name: &str) -> &'static str {
    FIXTURES.iter().find(|(known, _)| *known == name).unwrap().1
}

fn read_text(text: &str) -> Result<Document, Problems> {
    read(text, Format::Auto, &Limits::default())
}

fn valid(name: &str) -> Document {
    read_text(fixture(name)).unwrap_or_else(|problems| panic!("{name}:\n{problems}"))
}
