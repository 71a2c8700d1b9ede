//! The models that ship with the repository.

use std::path::Path;

use freeagentics_inference::document::{Format, Limits, read};

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
