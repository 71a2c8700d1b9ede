//! All sections of a product, and how they are filled.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::setting::text_of;
use super::sources::Assignment;
use super::spelling::nearest;
use super::{Fault, Faults, Key, Origin, Profile, Raw, Secret, Section, Setting, Settings, Sources};

/// The sections that a product has.
pub struct Schema {
    pub(super) prefix: &'static str,
    pub(super) sections: Vec<Box<dyn Section>>,
    together: Vec<Together>,
}

/// What is wrong with sections that each are well by themselves.
type Together = fn(&Settings) -> Vec<Fault>;

/// The only key outside a section.
const PROFILE: &str = "profile";

impl Schema {
    /// Without sections; variables of the environment begin with `prefix` and `__`.
    pub const fn new(prefix: &'static str) -> Self {
        Self { prefix, sections: Vec::new(), together: Vec::new() }
    }

    /// With one more section.
    #[must_use]
    pub fn with<S: Section + Default>(mut self) -> Self {
        self.sections.push(Box::new(S::default()));
        self
    }

    /// With a check of several sections together.
    #[must_use]
    pub fn checked(mut self, together: fn(&Settings) -> Vec<Fault>) -> Self {
        self.together.push(together);
        self
    }

    /// Fills the sections from all sources.
    ///
    /// # Errors
    /// Everything that is wrong: unknown keys, values that do not fit, and what the sections' own checks find.
    pub fn load(self, sources: &Sources) -> Result<Settings, Faults> {
        let assignments = sources.assignments(self.prefix)?;
        let mut filling = Filling { sections: self.sections, origins: BTreeMap::new(), faults: Vec::new() };
        let profile = filling.profile(&assignments);
        filling.take_defaults_of(profile);
        for assignment in &assignments {
            filling.take(assignment);
        }
        filling.finish(profile, sources.file.clone(), &self.together)
    }
}

/// Sections on their way from defaults to what is in force.
struct Filling {
    sections: Vec<Box<dyn Section>>,
    origins: BTreeMap<String, Origin>,
    faults: Vec<Fault>,
}

impl Filling {
    fn profile(&mut self, assignments: &[Assignment]) -> Profile {
        let Some(named) = assignments.iter().rfind(|assignment| assignment.key == PROFILE) else {
            return Profile::default();
        };
        self.origins.insert(PROFILE.into(), named.origin.clone());
        Profile::read(&named.raw).unwrap_or_else(|| {
            self.faults.push(misfit(named, Profile::FORM, false));
            Profile::default()
        })
    }

    fn take_defaults_of(&mut self, profile: Profile) {
        for section in &mut self.sections {
            for key in section.keys() {
                let Some((_, value)) = key.profiles.iter().find(|(name, _)| *name == profile.name()) else { continue };
                let path = format!("{}.{}", section.name(), key.name);
                match section.set(key.name, &Raw::Text((*value).into())) {
                    Ok(()) => _ = self.origins.insert(path, Origin::Profile(profile)),
                    Err(_) => self.faults.push(Fault::new(path, format!("the {profile} default does not fit"))),
                }
            }
        }
    }

    fn take(&mut self, assignment: &Assignment) {
        if assignment.key == PROFILE {
            return;
        }
        let Some((section, name)) = self.find(&assignment.key) else {
            return self.faults.push(self.unknown(assignment));
        };
        let Some(section) = self.sections.get_mut(section) else { return };
        let path = format!("{}.{}", section.name(), name.key.name);
        let result = if name.is_file {
            from_secret_file(assignment)
        } else {
            Ok((assignment.raw.clone(), assignment.origin.clone()))
        };
        match result {
            Err(fault) => self.faults.push(fault),
            Ok((raw, origin)) => match section.set(name.key.name, &raw) {
                Ok(()) => _ = self.origins.insert(path, origin),
                Err(_) => self.faults.push(misfit(assignment, name.key.form, name.key.secret)),
            },
        }
    }

    /// The section and the key that `path` names, if both exist.
    fn find(&self, path: &str) -> Option<(usize, Name)> {
        let (section, name) = path.split_once('.')?;
        let at = self.sections.iter().position(|candidate| candidate.name() == section)?;
        let keys = self.sections.get(at)?.keys();
        let direct = keys.iter().find(|key| key.name == name).map(|key| Name { key, is_file: false });
        let file = || keys.iter().find(|key| key.secret && name.strip_suffix("_file") == Some(key.name));
        direct.or_else(|| file().map(|key| Name { key, is_file: true })).map(|name| (at, name))
    }

    fn unknown(&self, assignment: &Assignment) -> Fault {
        let known: Vec<String> = self
            .sections
            .iter()
            .flat_map(|section| section.keys().iter().map(|key| format!("{}.{}", section.name(), key.name)))
            .chain([PROFILE.into()])
            .collect();
        let hint = nearest(&assignment.key, known.iter().map(String::as_str));
        let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Fault::at(&assignment.key, &assignment.origin, format!("there is no such key{hint}"))
    }

    fn finish(self, profile: Profile, file: Option<PathBuf>, together: &[Together]) -> Result<Settings, Faults> {
        if !self.faults.is_empty() {
            // Checks on values that did not get through would complain about defaults that nobody chose.
            return Err(Faults(self.faults));
        }
        let settings = Settings { profile, sections: self.sections, origins: self.origins, file };
        let each = settings.sections.iter().flat_map(|section| section.check(profile));
        let all = each.chain(together.iter().flat_map(|check| check(&settings)));
        let located = |fault: Fault| {
            let origin = settings.origins.get(&fault.key).cloned();
            Fault { origin: fault.origin.or(origin), ..fault }
        };
        let faults: Vec<Fault> = all.map(located).collect();
        if faults.is_empty() { Ok(settings) } else { Err(Faults(faults)) }
    }
}

/// What a path named.
struct Name {
    key: &'static Key,
    /// It named the file with the value instead.
    is_file: bool,
}

fn from_secret_file(assignment: &Assignment) -> Result<(Raw, Origin), Fault> {
    let fault = |why: String| Fault::at(&assignment.key, &assignment.origin, why);
    let path = PathBuf::read(&assignment.raw).ok_or_else(|| fault(format!("expected {}", PathBuf::FORM)))?;
    let secret = Secret::from_file(&path).map_err(|error| fault(error.to_string()))?;
    Ok((Raw::Secret(secret), Origin::SecretFile(path)))
}

fn misfit(assignment: &Assignment, form: &str, secret: bool) -> Fault {
    let found = match &assignment.raw {
        _ if secret => String::new(),
        raw => match (text_of(raw), raw) {
            (Some(text), _) => format!(", not `{text}`"),
            (None, Raw::Typed(value)) => format!(", not {}", a_kind(value)),
            (None, Raw::Text(_) | Raw::Secret(_)) => String::new(),
        },
    };
    Fault::at(&assignment.key, &assignment.origin, format!("expected {form}{found}"))
}

/// What somebody wrote into a file, in words.
fn a_kind(value: &toml::Value) -> String {
    match value {
        toml::Value::Integer(number) => format!("the number {number}"),
        toml::Value::Float(number) => format!("the number {number}"),
        toml::Value::Boolean(value) => value.to_string(),
        toml::Value::Array(_) => "a list".into(),
        toml::Value::Table(_) => "a table".into(),
        toml::Value::Datetime(_) => "a time".into(),
        toml::Value::String(text) => format!("`{text}`"),
    }
}
