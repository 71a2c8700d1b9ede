//! How a drill tells what it found: a table for people, JSON for programs.

use std::io::{Write, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use crate::Result;

/// Prints a line.
///
/// # Errors
/// If nobody reads.
pub fn line(text: &str) -> Result<()> {
    Ok(writeln!(stdout().lock(), "{text}")?)
}

/// Says why the drill could not go on.
pub fn failed(failure: &crate::Failure) -> ExitCode {
    let _ = writeln!(stderr().lock(), "the drill could not go on: {failure}");
    ExitCode::from(2)
}

/// Prints rows with their columns below each other; numbers to the right.
///
/// # Errors
/// If nobody reads.
pub fn table<R: AsRef<[String]>>(rows: &[R]) -> Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.as_ref().get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let is_number = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit());
    for row in rows.iter().map(AsRef::as_ref) {
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let gap = " ".repeat(width(at) - cell.chars().count());
            if at > 0 && is_number(cell) { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
        });
        line(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// Writes the report where it is wanted, if it is.
///
/// # Errors
/// If it cannot be written.
pub fn write(file: Option<&Path>, report: &impl Serialize) -> Result<()> {
    if let Some(file) = file {
        std::fs::write(file, serde_json::to_string_pretty(report)? + "\n")?;
    }
    Ok(())
}

/// A count with its thousands apart.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut told = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_has_its_thousands_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }
}
