//! What a user of the worlds would miss if it broke.
#![cfg(test)]

mod fit;
mod grids;
mod simulations;
mod teams;

use std::sync::Arc;

use freeagentics_inference::document::{Document, Format, Limits, read};
use freeagentics_inference::engine::{Engine, Options};
use freeagentics_inference::model::{Model, Spec};

fn shipped(name: &str) -> Document {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../models/{name}.yaml"));
    let text = std::fs::read_to_string(path).expect("the model ships");
    read(&text, Format::Yaml, &Limits::default()).unwrap_or_else(|problems| panic!("{name}: {problems}"))
}

fn engine(spec: Spec, options: Options) -> Engine {
    let model = Model::new(spec).unwrap_or_else(|faults| panic!("{faults:?}"));
    Engine::new(Arc::new(model), options).unwrap_or_else(|faults| panic!("{faults:?}"))
}
