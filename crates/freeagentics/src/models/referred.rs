//! A version of a model as agents refer to it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Compiled;

/// A version of a model, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ModelReference)]
pub(crate) struct Referred {
    /// Names the version in other rows.
    #[serde(skip)]
    pub(crate) key: i64,
    /// The model's name.
    pub(crate) name: String,
    /// Counts from 1 within the name.
    #[schema(minimum = 1)]
    pub(crate) version: i64,
    /// Of the model, in hexadecimal: the same one decides the same.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub(crate) digest: String,
}

impl Referred {
    /// Of what has been compiled.
    pub(crate) fn of(compiled: &Compiled) -> Self {
        let Compiled { key, name, version, engine, .. } = compiled;
        let (name, digest) = (name.to_string(), engine.model().digest().to_string());
        Self { key: *key, name, version: *version, digest }
    }
}
