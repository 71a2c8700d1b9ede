//! Worlds that are known by name. Those that are models are the ones that ship.

use freeagentics_inference::document::{Format, Limits, read};

use crate::grid::Grid;
use crate::modelled::Modelled;
use crate::world::World;

/// Names and what each is.
pub const NAMES: [(&str, &str); 5] = [
    ("tmaze", "a reward in one of two arms, and a cue that tells which"),
    ("tiger", "two doors, a tiger behind one of them, and the ear"),
    ("bandit", "two arms of which one pays, and a hint"),
    ("network", "a service that may hang, behind a network that may blink"),
    ("grid", "a map with walls, a goal, a pit, and ground on which one may slip"),
];

/// The map of the world `grid`.
const MAP: &str = "S....\n.##.P\n...#.\n.#...\n...#G";

/// The chance of slipping in it.
const SLIP: f64 = 0.1;

/// A world by its name.
pub fn named(name: &str) -> Option<Box<dyn World>> {
    let text = match name {
        "tmaze" => include_str!("../../../models/tmaze.yaml"),
        "tiger" => include_str!("../../../models/tiger.yaml"),
        "bandit" => include_str!("../../../models/bandit.yaml"),
        "network" => include_str!("../../../models/watchdog.yaml"),
        "grid" => return Grid::parse(MAP, SLIP).ok().map(|grid| Box::new(grid) as Box<dyn World>),
        _ => return None,
    };
    let document = read(text, Format::Yaml, &Limits::default()).ok()?;
    Some(Box::new(Modelled::new(document.spec)))
}
