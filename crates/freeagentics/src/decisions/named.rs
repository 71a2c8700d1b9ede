//! Values by name, in the order of the model, borrowed.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A JSON object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Named<'a, T>(pub(crate) Vec<(&'a str, T)>);

impl<T: Serialize> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

impl<'a, T> FromIterator<(&'a str, T)> for Named<'a, T> {
    fn from_iter<I: IntoIterator<Item = (&'a str, T)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}
