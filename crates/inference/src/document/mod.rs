//! The model document.
