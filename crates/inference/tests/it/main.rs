//! Tests of the inference crate through its public face.

mod document;
