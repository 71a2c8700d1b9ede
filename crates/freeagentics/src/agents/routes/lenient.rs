//! Items of a batch: how many there may be, and each read by itself.

use axiomcore::http::{Problem, parse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::server::Platform;
use crate::server::codes::TOO_MANY_ITEMS;

/// An item, or what is wrong with it; its pointers are those within the item.
#[derive(Debug)]
pub(crate) struct Lenient<T>(pub(crate) Result<T, Problem>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let item = <&RawValue>::deserialize(deserializer)?;
        Ok(Self(parse(item.get().as_bytes())))
    }
}

/// Refuses more items, which stand at `pointer`, than one request may have.
pub(crate) fn bound<T>(platform: &Platform, items: &[T], pointer: &str) -> Result<(), Problem> {
    let most = platform.runtime.config().batch_items;
    if items.len() <= most {
        return Ok(());
    }
    Err(Problem::new(&TOO_MANY_ITEMS).detail(format!("{} items; at most {most}", items.len())).pointer(pointer))
}
