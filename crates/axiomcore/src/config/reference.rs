//! The reference of all keys, written from their declarations.

use std::fmt::Write as _;

use super::{Key, Schema, Section};

impl Schema {
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

fn defaults(section: &dyn Section, key: &Key) -> String {
    let general = if key.secret { "none".into() } else { format!("`{}`", section.show(key.name)) };
    let special = key.profiles.iter().map(|(profile, value)| format!("; in {profile} `{value}`"));
    special.fold(general, |text, part| text + &part)
}

/// A doc comment without the space at the start of its lines.
fn unindented(text: &str) -> String {
    text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).fold(String::new(), |all, line| all + line + "\n")
}
