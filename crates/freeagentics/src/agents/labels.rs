//! What agents are found by.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Names with values, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Given")]
pub(crate) struct Labels(BTreeMap<String, String>);

/// Labels as they are written, before they are checked.
struct Given(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

/// Takes a map in which no name stands twice: JSON allows that, and one of the two would be lost.
struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from names to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let mut labels = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            if labels.contains_key(&name) {
                return Err(A::Error::custom(format_args!("label `{name}` stands there twice")));
            }
            labels.insert(name, value);
        }
        Ok(Given(labels))
    }
}

/// Most labels of an agent.
const MOST: usize = 32;

/// Longest name or value, in bytes.
const LONGEST: usize = 63;

/// Labels that are none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotLabels {
    #[error("there are {0} labels; at most {MOST} are allowed")]
    TooMany(usize),
    #[error("`{0}` is no name for a label: 1 to {LONGEST} letters, digits or `._:/-`")]
    Name(String),
    #[error("the value of label `{0}` must be 0 to {LONGEST} letters, digits, spaces or `._:/@+-`")]
    Value(String),
    #[error("`{0}` is not name=value")]
    Selector(String),
}

impl TryFrom<Given> for Labels {
    type Error = NotLabels;

    fn try_from(Given(labels): Given) -> Result<Self, NotLabels> {
        Self::new(labels)
    }
}

impl PartialSchema for Labels {
    fn schema() -> RefOr<Schema> {
        let text = |pattern: String| ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
        let (name, value) = (text(format!("^[A-Za-z0-9._:/-]{{1,{LONGEST}}}$")), text(VALUE_PATTERN.into()));
        let value = AdditionalProperties::from(RefOr::T(Schema::from(value)));
        let labels = ObjectBuilder::new().property_names(Some(name)).additional_properties(Some(value));
        labels.max_properties(Some(MOST)).description(Some("Names with values, to find agents by.")).into()
    }
}

impl ToSchema for Labels {}

/// What a value looks like.
const VALUE_PATTERN: &str = "^[A-Za-z0-9._:/@+ -]{0,63}$";

impl Labels {
    /// Checks names and values.
    pub(crate) fn new(labels: BTreeMap<String, String>) -> Result<Self, NotLabels> {
        if labels.len() > MOST {
            return Err(NotLabels::TooMany(labels.len()));
        }
        for (name, value) in &labels {
            let plain = |text: &str, more: &[u8]| {
                text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
            };
            if name.is_empty() || !plain(name, b"._:/-") {
                return Err(NotLabels::Name(name.clone()));
            }
            if !plain(value, b"._:/@+- ") {
                return Err(NotLabels::Value(name.clone()));
            }
        }
        Ok(Self(labels))
    }

    /// Reads `name=value` texts, as they stand in addresses.
    pub(crate) fn select<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, NotLabels> {
        let pair = |text: &'a str| {
            let (name, value) = text.split_once('=').ok_or_else(|| NotLabels::Selector(text.to_owned()))?;
            Ok((name.to_owned(), value.to_owned()))
        };
        Self::new(texts.into_iter().map(pair).collect::<Result<_, _>>()?)
    }

    /// `name=value` of each.
    pub(crate) fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, value)| format!("{name}={value}"))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of the other's are among them.
    pub(crate) fn include(&self, other: &Self) -> bool {
        other.0.iter().all(|(name, value)| self.0.get(name) == Some(value))
    }

    pub(crate) const fn map(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// As stored.
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!(self.0).to_string()
    }

    /// What was stored; what cannot be read counts as damaged.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_read_as_it_stands_in_an_address() {
        let labels = Labels::select(["team=a", "zone=eu/west 1"]).unwrap();
        assert_eq!(labels.texts().collect::<Vec<_>>(), ["team=a", "zone=eu/west 1"]);
        assert_eq!(Labels::select(["team"]), Err(NotLabels::Selector("team".into())));
        assert_eq!(Labels::select(["=a"]), Err(NotLabels::Name(String::new())));
        assert_eq!(Labels::select(["team=a\nb"]), Err(NotLabels::Value("team".into())));
    }

    #[test]
    fn labels_include_those_that_are_all_among_them() {
        let (all, some) = (Labels::select(["a=1", "b=2"]).unwrap(), Labels::select(["b=2"]).unwrap());
        assert!(all.include(&some) && all.include(&Labels::default()) && !some.include(&all));
        assert!(!all.include(&Labels::select(["b=3"]).unwrap()));
    }
}
