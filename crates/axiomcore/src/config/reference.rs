//! The reference of all keys, written from their declarations.

use std::fmt::Write as _;

use super::{Key, Profile, Schema, Section, Setting};

/// What is to be known about one key.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// The key, as `section.key`.
    pub key: String,
    /// What it is for.
    pub about: String,
    /// What a value looks like.
    pub form: &'static str,
    /// The default, as it would stand in a file; masked if it is secret.
    pub default: String,
    /// The defaults of profiles that have one of their own.
    pub profiles: Vec<(&'static str, &'static str)>,
    /// The variable of the environment.
    pub variable: String,
}

impl Schema {
    /// Every key, in the order of its declaration.
    pub fn entries(&self) -> Vec<Entry> {
        let of = |section: &dyn Section, key: &Key| Entry {
            key: format!("{}.{}", section.name(), key.name),
            about: unindented(key.about).trim_end().to_owned(),
            form: key.form,
            default: section.show(key.name),
            profiles: key.profiles.to_vec(),
            variable: self.variable(section, key),
        };
        let sections = self.sections.iter().map(AsRef::as_ref);
        sections.flat_map(|section| section.keys().iter().map(move |key| of(section, key))).collect()
    }

    /// A configuration file in TOML that changes nothing: every key commented out, with its text and its default.
    pub fn file_example(&self) -> String {
        let mut text = format!("# What the installation is for: {}.\n#profile = \"development\"\n", Profile::FORM);
        for section in &self.sections {
            let _ = write!(text, "\n{}[{}]\n", commented(section.about()), section.name());
            for key in section.keys() {
                let _ = write!(text, "\n{}# {}\n", commented(key.about), expected(key));
                // A secret in a file is named by another file.
                let (name, value) = match key.secret {
                    true => (format!("{}_file", key.name), "\"\"".to_owned()),
                    false => (key.name.to_owned(), section.show(key.name)),
                };
                let _ = writeln!(text, "#{name} = {value}");
            }
        }
        text
    }

    /// Every key with its text, form, defaults and variable, in Markdown.
    pub fn reference(&self) -> String {
        let mut page = String::new();
        for section in &self.sections {
            let _ = write!(page, "## `[{}]`\n\n{}\n", section.name(), unindented(section.about()));
            for key in section.keys() {
                let _ = write!(page, "### `{}`\n\n{}\n", key.name, unindented(key.about));
                let _ = writeln!(page, "- Value: {}", key.form);
                let _ = writeln!(page, "- Default: {}", defaults(section.as_ref(), key));
                let _ = writeln!(page, "- Environment: `{}`\n", self.variable(section.as_ref(), key));
            }
        }
        page
    }

    /// Every variable of the environment, commented out with its default: the text of an `.env.example`.
    pub fn env_example(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            let _ = writeln!(text, "# --- {} ---\n", section.name());
            for key in section.keys() {
                for line in unindented(key.about).lines() {
                    let _ = writeln!(text, "# {line}");
                }
                let shown = section.show(key.name);
                let value = shown.trim_matches(['"', '[', ']']);
                let _ = writeln!(text, "#{}={}\n", self.variable(section.as_ref(), key), value.replace("\", \"", ","));
            }
        }
        text
    }

    /// The name that a key has in the environment.
    fn variable(&self, section: &dyn Section, key: &Key) -> String {
        let file = if key.secret { "_FILE" } else { "" };
        format!("{}__{}__{}{file}", self.prefix, section.name(), key.name).to_ascii_uppercase()
    }
}

/// A doc comment as comments.
fn commented(text: &str) -> String {
    unindented(text).lines().fold(String::new(), |all, line| all + format!("# {line}").trim_end() + "\n")
}

/// What a value looks like, and which profiles have another default.
fn expected(key: &Key) -> String {
    let form = if key.secret { "A path to a file with nothing but the secret." } else { key.form };
    let mut letters = form.chars();
    let form: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let special = key.profiles.iter().map(|(profile, value)| format!(" In {profile} it is {value}."));
    special.fold(format!("{}.", form.trim_end_matches('.')), |text, part| text + &part)
}

fn defaults(section: &dyn Section, key: &Key) -> String {
    let general = if key.secret { "none".into() } else { format!("`{}`", section.show(key.name)) };
    let special = key.profiles.iter().map(|(profile, value)| format!("; in {profile} `{value}`"));
    special.fold(general, |text, part| text + &part)
}

/// A doc comment without the space at the start of its lines.
fn unindented(text: &str) -> String {
    text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).fold(String::new(), |all, line| all + line + "\n")
}
