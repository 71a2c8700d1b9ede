//! The place of a field as a JSON Pointer (RFC 6901).

use serde_path_to_error::Segment;

/// The place that a traced error names.
pub(super) fn in_document(path: &serde_path_to_error::Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", token(key)),
        // The variant of an enum and what serde lost track of are no places in the document.
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// The place and the name of a field that nobody read.
pub(super) fn unknown_in(path: &serde_ignored::Path<'_>) -> (String, String) {
    let name = match path {
        serde_ignored::Path::Map { key, .. } => key.clone(),
        other => other.to_string(),
    };
    (ignored(path), name)
}

fn ignored(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", ignored(parent)),
        Path::Map { parent, key } => format!("{}/{}", ignored(parent), token(key)),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => ignored(parent),
    }
}

fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
