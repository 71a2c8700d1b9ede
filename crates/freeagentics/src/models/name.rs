//! What a model of a server is called, and how one is referred to.

use serde::Deserialize;

/// The name of a model: a segment of an address, so it has fewer characters to choose from than a document's `name`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::IntoParams)]
#[serde(try_from = "String")]
#[into_params(names("name"), parameter_in = Path)]
pub(crate) struct ModelName(
    /// The model's name.
    #[param(pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$")]
    String,
);

/// As a regular expression, for the document about the API.
pub(crate) const NAME_PATTERN: &str = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$";

/// Words that stand where a name would stand in an address.
const RESERVED: [&str; 1] = ["validate"];

/// A text is no name for a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a model is 1 to 64 letters, digits, `_`, `.` or `-`, and does not begin with `.` or `-`")]
pub(crate) struct NotAName;

impl ModelName {
    /// Checks a text.
    pub(crate) fn new(text: impl Into<String>) -> Result<Self, NotAName> {
        let text = text.into();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let good = matches!(text.len(), 1..=64) && !text.starts_with(['.', '-']) && text.chars().all(fits);
        if good { Ok(Self(text)) } else { Err(NotAName) }
    }

    /// Whether it is a word that addresses need for something else.
    pub(crate) fn is_reserved(&self) -> bool {
        RESERVED.contains(&self.0.as_str())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ModelName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        Self::new(text)
    }
}

/// `watchdog`, the latest version, or `watchdog@2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) name: ModelName,
    pub(crate) version: Option<i64>,
}

impl Reference {
    /// Reads a reference.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let Some((name, version)) = text.split_once('@') else {
            return Some(Self { name: ModelName::new(text).ok()?, version: None });
        };
        let counts = !version.starts_with('0') && version.len() <= 9 && version.bytes().all(|b| b.is_ascii_digit());
        let version = version.parse().ok().filter(|_| counts)?;
        Some(Self { name: ModelName::new(name).ok()?, version: Some(version) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_segments_of_an_address() {
        for name in ["watchdog", "a", "9lives", "_x.y-z", &"a".repeat(64)] {
            assert_eq!(ModelName::new(name).unwrap().as_str(), name);
        }
        for name in ["", ".", "..", "-x", "a b", "a/b", "a@1", "ä", &"a".repeat(65)] {
            assert_eq!(ModelName::new(name), Err(NotAName), "{name}");
        }
    }

    #[test]
    fn a_reference_is_a_name_or_a_name_with_a_version() {
        let reference = |text| Reference::read(text).map(|Reference { name, version }| (name.0, version));
        assert_eq!(reference("watchdog"), Some(("watchdog".into(), None)));
        assert_eq!(reference("watchdog@12"), Some(("watchdog".into(), Some(12))));
        for wrong in ["", "@1", "watchdog@", "watchdog@0", "watchdog@01", "watchdog@+1", "a@1@2", "a@1000000000"] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
    }
}
