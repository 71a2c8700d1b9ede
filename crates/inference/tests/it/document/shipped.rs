//! The models that ship with the repository.

use std::path::Path;
use std::sync::Arc;

use freeagentics_inference::document::{Format, Limits, read};
use freeagentics_inference::engine::Engine;
use freeagentics_inference::model::Model;

use super::{FIXTURES, valid};

#[test]
fn every_model_that_ships_is_read_without_a_problem() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut n_models = 0;
    for entry in std::fs::read_dir(models).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&path).unwrap();
            if let Err(problems) = read(&text, Format::Auto, &Limits::default()) {
                panic!("{}\n{problems}", path.display());
            }
            n_models += 1;
        }
    }
    assert!(n_models > 0);
}

/// What the document lets pass, the last line of defence lets pass as well.
#[test]
fn the_engine_takes_every_document_that_is_read() {
    for (name, _) in FIXTURES {
        let document = valid(name);
        let model = Model::new(document.spec).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        let engine =
            Engine::new(Arc::new(model), document.options).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert_eq!(u64::try_from(engine.n_policies()), Ok(document.cost.policies));
    }
}
