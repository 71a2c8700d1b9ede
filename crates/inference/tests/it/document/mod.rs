//! The model document.

mod shipped;
