//! What is in force.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Origin, Profile, Section};

/// Filled sections, with the origin of every value.
pub struct Settings {
    pub(super) profile: Profile,
    pub(super) sections: Vec<Box<dyn Section>>,
    pub(super) origins: BTreeMap<String, Origin>,
    pub(super) file: Option<PathBuf>,
}

/// One value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The key, as `section.key`.
    pub key: String,
    /// The value as it would stand in a file; masked if it is secret.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl Settings {
    /// The profile in force.
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// The configuration file, if there is one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// A section; its defaults if the schema has none of this type.
    pub fn section<S: Section + Default + Clone>(&self) -> S {
        let found = self.sections.iter().find_map(|section| (section.as_ref() as &dyn Any).downcast_ref::<S>());
        found.cloned().unwrap_or_default()
    }

    /// Every value with its origin.
    pub fn effective(&self) -> Vec<Line> {
        let line = |key: String, value| {
            let origin = self.origins.get(&key).cloned().unwrap_or(Origin::Default);
            Line { key, value, origin }
        };
        let values = self.sections.iter().flat_map(|section| {
            section.keys().iter().map(|key| (format!("{}.{}", section.name(), key.name), section.show(key.name)))
        });
        let profile = [("profile".to_owned(), format!("\"{}\"", self.profile))];
        profile.into_iter().chain(values).map(|(key, value)| line(key, value)).collect()
    }
}

/// All values as a TOML file that says where each comes from.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut section = String::new();
        for Line { key, value, origin } in self.effective() {
            let (prefix, name) = key.split_once('.').unwrap_or(("", &key));
            if prefix != section {
                writeln!(f, "\n[{prefix}]")?;
                section = prefix.to_owned();
            }
            writeln!(f, "{name} = {value} # {origin}")?;
        }
        Ok(())
    }
}
