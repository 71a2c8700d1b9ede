//! What evidence may not carry into a report that others read: secrets, where this machine keeps its things, and
//! characters that steer a terminal.

use std::path::Path;

const MOST_CHARACTERS: usize = 240;

/// Texts, and what stands in their place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redaction(Vec<(String, &'static str)>);

impl Redaction {
    /// Hides the places of this machine: the repository becomes `.`.
    pub(crate) fn of_places(repo: &Path, scratch: &Path) -> Self {
        let mut redaction = Self::default();
        for (path, name) in [(repo, "."), (scratch, "$SCRATCH"), (&std::env::temp_dir(), "$TMPDIR")] {
            redaction.hide(&path.display().to_string(), name);
            if let Ok(real) = path.canonicalize() {
                redaction.hide(&real.display().to_string(), name);
            }
        }
        for (variable, name) in [("CARGO_HOME", "$CARGO_HOME"), ("RUSTUP_HOME", "$RUSTUP_HOME"), ("HOME", "~")] {
            redaction.hide(&std::env::var(variable).unwrap_or_default(), name);
        }
        redaction
    }

    /// Hides a text, from now on.
    pub(crate) fn hide(&mut self, text: &str, name: &'static str) {
        let is_telling = text.len() > 3 || name == "." && text.len() > 1;
        if is_telling && !self.0.iter().any(|(hidden, _)| hidden == text) {
            self.0.push((text.to_owned(), name));
            // The longest first: the repository may lie in the home folder.
            self.0.sort_by_key(|(hidden, _)| std::cmp::Reverse(hidden.len()));
        }
    }

    /// One line, short enough to be read.
    pub(crate) fn line(&self, text: &str) -> String {
        let replace = |line: String, (hidden, name): &(String, &str)| line.replace(hidden.as_str(), name);
        let line = self.0.iter().fold(text.replace('\t', " "), replace);
        let plain = without_escapes(&line);
        match plain.char_indices().nth(MOST_CHARACTERS) {
            Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or_default()),
            None => plain,
        }
    }
}

/// Without colours, control characters, and those that turn the direction of writing.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' && characters.next_if_eq(&'[').is_some() {
            let _sequence = characters.by_ref().find(|c| ('@'..='~').contains(c));
        } else if !character.is_control() && !matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            plain.push(character);
        }
    }
    plain.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_places_and_escapes_do_not_reach_the_report() {
        let mut redaction = Redaction::default();
        redaction.hide("/srv", "/elsewhere");
        redaction.hide("/srv/product", ".");
        redaction.hide("token-of-32-characters", "***");
        let line = "\u{1b}[31mat /srv/product/src/lib.rs\u{1b}[0m with token-of-32-characters \u{7}in /srv";
        assert_eq!(redaction.line(line), "at ./src/lib.rs with *** in /elsewhere");
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let line = Redaction::default().line(&"ü".repeat(1_000));
        assert_eq!(line.chars().count(), MOST_CHARACTERS + 1);
        assert!(line.ends_with("ü…"));
    }
}
