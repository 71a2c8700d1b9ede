//! `/api/v1/audit`.

pub(crate) mod export;
pub(crate) mod list;
