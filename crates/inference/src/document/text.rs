//! Before a document is a tree: bytes, size, encoding.

use super::code::Code;
use super::limits::Limits;
use super::problem::{Problem, Problems};
use super::sink::Sink;
use super::tree::{Mark, Spot, Stop};

const MARK: char = '\u{feff}';

/// The text of a file; the problem says where it stops to be UTF-8.
pub fn from_utf8(bytes: &[u8]) -> Result<&str, Problems> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let good = String::from_utf8_lossy(good);
        let message = "the document is not UTF-8 text from here on";
        Problem::at(spot_after(&good), Code::UnreadableText, message, "save the file as UTF-8").into()
    })
}

/// Refuses what is too long or not text, and takes a byte order mark away.
pub(super) fn check<'t>(text: &'t str, limits: &Limits, sink: &Sink) -> Result<&'t str, Stop> {
    if text.len() > limits.document_bytes {
        return Err(too_large(text.len(), limits.document_bytes));
    }
    let bare = text.strip_prefix(MARK).unwrap_or(text);
    if bare.len() < text.len() {
        let message = "the document begins with a byte order mark";
        let mend = "save the file as UTF-8 without a byte order mark";
        sink.report(Problem::at(beginning(), Code::ByteOrderMark, message, mend));
    }
    if let Some((offset, strange)) = bare.char_indices().find(|&(_, c)| is_strange(c)) {
        let message = format!("the character U+{:04X} does not belong into a document", u32::from(strange));
        let spot = spot_after(bare.get(..offset).unwrap_or_default());
        let mend = "remove it, and look whether the file is UTF-8 text at all";
        return Err(Box::new(Problem::at(spot, Code::UnreadableText, message, mend)));
    }
    if bare.trim().is_empty() { Err(empty()) } else { Ok(bare) }
}

pub(super) fn empty() -> Stop {
    let mend =
        "write a model; the shortest has `freeagentics`, `name`, `factors`, `modalities`, `likelihood`, `transition`";
    Box::new(Problem::at(beginning(), Code::EmptyDocument, "the document is empty", mend))
}

fn too_large(bytes: usize, limit: usize) -> Stop {
    let message = format!("the document has {bytes} bytes; at most {limit} are read");
    let mend = "use `columns` with `else`, `identity` or `uniform` for regular tables, or split the model";
    Box::new(Problem::at(beginning(), Code::DocumentTooLarge, message, mend).expected(limit).found(bytes))
}

/// U+FFFD is what a decoder leaves where text was not UTF-8; a byte order mark has no place inside.
fn is_strange(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || matches!(c, '\u{fffd}' | MARK)
}

/// The position of the first character.
pub(super) fn beginning() -> Spot {
    spot_after("")
}

/// The position behind this text.
fn spot_after(text: &str) -> Spot {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let line = clip(text.matches('\n').count() + 1);
    let column = clip(text.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
    Spot { pointer: String::new(), mark: Some(Mark { line, column }), order: 0 }
}
