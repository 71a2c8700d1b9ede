//! Items of a batch, each read by itself.

use axiomcore::http::{Problem, parse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// An item, or what is wrong with it; its pointers are those within the item.
#[derive(Debug)]
pub(crate) struct Lenient<T>(pub(crate) Result<T, Problem>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let item = <&RawValue>::deserialize(deserializer)?;
        Ok(Self(parse(item.get().as_bytes())))
    }
}
