//! `/api/v1/audit`.

pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod hold;
pub(crate) mod list;
