//! Words in braces that a profile may use in commands and addresses, since it cannot know them: `{url}`, `{scratch}`.

use std::collections::BTreeMap;

/// What is known. What is not is a reason for a proof not to run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blanks(BTreeMap<&'static str, String>);

/// All that there are, each with what it takes to know it.
const ALL: [(&str, &str); 6] = [
    ("repo", "the repository"),
    ("program", "the program that examines"),
    ("scratch", "a folder"),
    ("url", "no service was given: `--url URL` or `--start`"),
    ("metrics", "no address of metrics is known: `--metrics-url URL` or `--start`"),
    ("token_file", "no credential was given: `--token-file FILE` or `--start`"),
];

impl Blanks {
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(name, value.into());
    }

    /// The text with every known word filled in, or why one is not known.
    pub(crate) fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = text.to_owned();
        for (name, needs) in ALL {
            let word = format!("{{{name}}}");
            if filled.contains(&word) {
                filled = filled.replace(&word, self.0.get(name).ok_or(needs)?);
            }
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_filled_in_and_what_is_not_says_how_to_give_it() {
        let mut known = Blanks::default();
        known.set("scratch", "/tmp/x");
        assert_eq!(known.fill("{scratch}/a {\"json\": 1}").unwrap(), "/tmp/x/a {\"json\": 1}");
        assert!(known.fill("{url}/openapi.json").unwrap_err().contains("--url"));
    }
}
