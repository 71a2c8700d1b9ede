//! Verifying an export, without the database that it came from.

use std::io::BufRead;

use serde_json::Value;

use super::{Against, Fault, Place, Report, Verifier, VerifyError};
use crate::audit::export::Line;

/// Verifies an export in JSON lines; blocks. The service's own log is not in it.
///
/// # Errors
/// If the export or the anchor cannot be read.
pub fn verify_export(export: impl BufRead, against: &Against<'_>) -> Result<Report, VerifyError> {
    let mut verifier = Verifier::new(against.key);
    let (mut number, mut last, mut is_anchored) = (0, (0, 0), false);
    for line in export.split(b'\n') {
        let line = line?;
        match serde_json::from_slice(&line) {
            Ok(Line::Signed(line)) => {
                number = numbered(line.get()).unwrap_or(number + 1);
                verifier.checkpoint(number, line.get());
            }
            Ok(Line::Entry(line)) => {
                if !std::mem::replace(&mut is_anchored, true) {
                    verifier.anchor(against.anchor)?;
                }
                last = line.place();
                match line.link() {
                    Some(link) => verifier.entry(link),
                    None => verifier.unreadable(last.0, last.1, UNREADABLE.to_owned()),
                }
            }
            Err(_) if is_anchored => verifier.unreadable(last.0, last.1 + 1, UNREADABLE.to_owned()),
            Err(_) => {
                let place = Place::Checkpoint { number: number + 1 };
                verifier.report.add(place, Fault::Altered, UNREADABLE);
            }
        }
    }
    if !is_anchored {
        verifier.anchor(against.anchor)?;
    }
    Ok(verifier.finish().0)
}

const UNREADABLE: &str = "it cannot be read";

/// The number that a checkpoint gives itself.
fn numbered(line: &str) -> Option<u64> {
    serde_json::from_str::<Value>(line).ok()?.pointer("/checkpoint/number")?.as_u64()
}
