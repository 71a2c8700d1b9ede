//! A regular expression in a profile.

use std::ops::Deref;

use regex::Regex;
use serde::Deserialize;

/// Checked when the profile is read, so that a mistake in it is not found after minutes of testing.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pattern(Regex);

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.0
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Regex::new(&text).map(Self).map_err(|error| error.to_string())
    }
}

impl Pattern {
    /// What its first group, or all of it if there is none, matched, each time.
    pub(crate) fn all<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let found = self.0.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(0)));
        found.map(|group| group.as_str())
    }

    /// The same, the last time.
    pub(crate) fn last<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.all(text).last()
    }
}
