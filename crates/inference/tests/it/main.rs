//! Tests of the inference crate through its public face.
#![cfg(test)]

mod document;
