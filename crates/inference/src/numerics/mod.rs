//! The numerics contract.
