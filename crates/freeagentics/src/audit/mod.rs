//! The record of who did what, as the platform shows it; what it is and how it holds is the core's.

pub(crate) mod routes;
mod view;

use axiomcore::audit::Product;

/// Who exports say they are from.
pub(crate) const PRODUCT: Product = Product { name: "FreeAgentics", version: env!("CARGO_PKG_VERSION") };
