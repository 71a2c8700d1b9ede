//! The models that are built into the program, so that it works anywhere.

use freeagentics_inference::document::{self, Format, Limits, closest};

use super::load::Source;
use crate::{exit::Failure, explain::amounts::list};

/// A model of the `models` folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shipped {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// Its document.
    pub(crate) document: &'static str,
}

/// All of them, the flagship first.
pub(crate) const SHIPPED: &[Shipped] = &[
    Shipped { name: "watchdog", document: include_str!("../../../../models/watchdog.yaml") },
    Shipped { name: "pump", document: include_str!("../../../../models/pump.yaml") },
    Shipped { name: "tiger", document: include_str!("../../../../models/tiger.yaml") },
    Shipped { name: "bandit", document: include_str!("../../../../models/bandit.yaml") },
    Shipped { name: "tmaze", document: include_str!("../../../../models/tmaze.yaml") },
    Shipped { name: "grid", document: include_str!("../../../../models/grid.yaml") },
];

/// A recording of the `models` folder.
pub(crate) const RECORDINGS: &[(&str, &str)] =
    &[("watchdog-hour", include_str!("../../../../models/watchdog-hour.jsonl"))];

impl Shipped {
    /// The one of this name.
    pub(crate) fn find(name: &str) -> Result<&'static Self, Failure> {
        let found = SHIPPED.iter().find(|shipped| shipped.name == name);
        found.ok_or_else(|| {
            Failure::usage("unknown_model", format!("no built-in model is called `{name}`"), known(name))
        })
    }

    /// Its document, as if it had been read from a file.
    pub(crate) fn source(&self) -> Source {
        Source { origin: self.name.to_owned(), bytes: self.document.as_bytes().to_vec() }
    }

    /// What it is, in one line.
    pub(crate) fn about(&self) -> String {
        let document = document::read(self.document, Format::Yaml, &Limits::default());
        let description = document.ok().and_then(|document| document.description).unwrap_or_default();
        description.lines().next().unwrap_or_default().to_owned()
    }
}

/// What to write instead of a name that is not known.
pub(super) fn known(name: &str) -> String {
    let names: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
    match closest(name, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("give the path of a model document, or one of {}", list(&names, "or")),
    }
}
