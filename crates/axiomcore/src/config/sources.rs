//! Where values come from, and how each source spells a key.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use toml::{Table, Value};

use super::{Fault, Faults, Profile, Raw};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The program.
    Default,
    /// A profile's default.
    Profile(Profile),
    /// A TOML file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// A flag on the command line.
    Flag(String),
    /// The file that a `…_file` key names.
    SecretFile(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Profile(profile) => write!(f, "profile {profile}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::SecretFile(path) => write!(f, "secret from file {}", path.display()),
        }
    }
}

/// What a program was started with.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The configuration file, if one was named or found.
    pub file: Option<PathBuf>,
    /// The environment, whole: variables of others are passed over.
    pub environment: Vec<(String, String)>,
    /// Flags, as the flag's own spelling, the key (`section.key`, or `profile`) and the value.
    pub flags: Vec<(String, String, String)>,
}

/// A value for a key from a source. The key is as the source has it; nobody has checked that it exists.
pub(super) struct Assignment {
    pub(super) key: String,
    pub(super) raw: Raw,
    pub(super) origin: Origin,
}

impl Sources {
    /// Those of this process: its environment, and flags of the form `--section.key=value`. What is no UTF-8 is no value of
    /// ours, and is refused as what it looks like.
    pub fn of_process() -> Self {
        let text = |text: OsString| text.to_string_lossy().into_owned();
        let flags = std::env::args_os().skip(1).map(text).map(|flag| {
            let (key, value) = flag.trim_start_matches("--").split_once('=').unwrap_or((&flag, "true"));
            (flag.clone(), key.to_owned(), value.to_owned())
        });
        let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
        Self { file: None, environment: environment.collect(), flags: flags.collect() }
    }

    /// All values, the later ones in force.
    pub(super) fn assignments(&self, prefix: &str) -> Result<Vec<Assignment>, Faults> {
        let mut found = self.file_assignments()?;
        found.extend(self.environment_assignments(prefix));
        found.extend(self.flags.iter().map(|(flag, key, value)| Assignment {
            key: key.clone(),
            raw: Raw::Text(value.clone()),
            origin: Origin::Flag(flag.clone()),
        }));
        Ok(found)
    }

    fn file_assignments(&self) -> Result<Vec<Assignment>, Faults> {
        let Some(path) = &self.file else { return Ok(Vec::new()) };
        let fault = |why: String| Faults(vec![Fault::new(path.display().to_string(), why)]);
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| fault(error.to_string()))?;
        let mut found = Vec::new();
        let mut assign = |key: String, value: Value| {
            found.push(Assignment { key, raw: Raw::Typed(value), origin: Origin::File(path.clone()) });
        };
        for (section, value) in table {
            match value {
                Value::Table(keys) => {
                    keys.into_iter().for_each(|(key, value)| assign(format!("{section}.{key}"), value))
                }
                value => assign(section, value),
            }
        }
        Ok(found)
    }

    /// `PREFIX__SECTION__KEY`; in the order of their names, so that a fault is reported the same way each time.
    fn environment_assignments(&self, prefix: &str) -> Vec<Assignment> {
        let mut ours: Vec<_> = self
            .environment
            .iter()
            .filter_map(|(name, value)| Some((name, name.strip_prefix(prefix)?.strip_prefix("__")?, value)))
            .collect();
        ours.sort();
        ours.into_iter()
            .map(|(name, key, value)| Assignment {
                key: key.to_ascii_lowercase().replace("__", "."),
                raw: Raw::Text(value.clone()),
                origin: Origin::Environment(name.clone()),
            })
            .collect()
    }
}
