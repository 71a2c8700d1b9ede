//! From what is written on the command line to an agent.

use std::{fs, io::Read, path::Path, sync::Arc};

use freeagentics_inference::{
    document::{self, Document, Format, Limits, Problems},
    engine::Engine,
    model::Model,
};

use super::shipped::{Shipped, known};
use crate::{exit::Failure, terminal::Terminal};

/// A model document as it was found.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The path, or the built-in model's name: what complaints begin with.
    pub(crate) origin: String,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
}

/// A model, ready to decide.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Where it came from.
    pub(crate) origin: String,
    /// What the document says besides the model itself.
    pub(crate) document: Document,
    /// The agent.
    pub(crate) engine: Engine,
}

/// Finds a document: a path, `-` for standard input, or a built-in model's name. A file wins over a name.
pub(crate) fn source(model: &str, terminal: &mut Terminal<'_>) -> Result<Source, Failure> {
    let bytes = if model == "-" {
        let mut bytes = Vec::new();
        let most = Limits::default().document_bytes as u64 + 1;
        terminal.input.take(most).read_to_end(&mut bytes).map_err(|error| Failure::unreadable("-", error))?;
        bytes
    } else if Path::new(model).is_file() {
        read_file(model)?
    } else if let Ok(shipped) = Shipped::find(model) {
        return Ok(shipped.source());
    } else if model.contains(['/', '.']) {
        read_file(model)?
    } else {
        let message = format!("`{model}` is neither a file nor a built-in model");
        return Err(Failure::usage("unknown_model", message, known(model)));
    };
    Ok(Source { origin: model.to_owned(), bytes })
}

/// The file, or as much of it as it takes to see that it is too large.
fn read_file(path: &str) -> Result<Vec<u8>, Failure> {
    let most = Limits::default().document_bytes as u64 + 1;
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| Failure::unreadable(path, error))
}

impl Source {
    /// Reads it as JSON, for patches.
    pub(crate) fn json(&self) -> Result<serde_json::Value, Problems> {
        document::to_json(document::from_utf8(&self.bytes)?, Format::Auto, &Limits::default())
    }

    /// What a server has to be told that it is.
    pub(crate) fn media_type(&self) -> &'static str {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&self.bytes).is_ok();
        if is_json { "application/json" } else { "application/yaml" }
    }

    /// Reads it as a model.
    pub(crate) fn document(&self) -> Result<Document, Problems> {
        document::read(document::from_utf8(&self.bytes)?, Format::Auto, &Limits::default())
    }

    /// Makes an agent of it.
    pub(crate) fn load(&self) -> Result<Loaded, Failure> {
        let wrong = |problems| Failure::Model { origin: self.origin.clone(), problems };
        let document = self.document().map_err(wrong)?;
        // The document has been checked; what the model or the engine still refuses is a gap in that check.
        let refused = |faults: Vec<freeagentics_inference::model::Fault>| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Failure::refused(&self.origin, faults.join("; "))
        };
        let model = Model::new(document.spec.clone()).map_err(refused)?;
        let engine = Engine::new(Arc::new(model), document.options.clone()).map_err(refused)?;
        Ok(Loaded { origin: self.origin.clone(), document, engine })
    }
}

/// Finds a document and makes an agent of it.
pub(crate) fn read(model: &str, terminal: &mut Terminal<'_>) -> Result<Loaded, Failure> {
    source(model, terminal)?.load()
}
