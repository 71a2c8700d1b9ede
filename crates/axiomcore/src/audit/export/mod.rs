//! The record for other programs: JSON lines that can be verified, and events for a SIEM.

mod cef;
mod line;
mod ocsf;

pub use line::Line;

use std::io::{self, Write};

use super::chain::Link;
use super::store;
use crate::config::{Raw, Setting};
use crate::store::{Database, Error};

/// How an export is written, a line for each entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportFormat {
    /// JSON lines with all that verification needs.
    #[default]
    Jsonl,
    /// Events of the Open Cybersecurity Schema Framework.
    Ocsf,
    /// `ArcSight`'s Common Event Format, for syslog.
    Cef,
}

impl Setting for ExportFormat {
    const FORM: &'static str = "cef, ocsf or jsonl";

    fn read(raw: &Raw) -> Option<Self> {
        match String::read(raw)?.as_str() {
            "jsonl" => Some(Self::Jsonl),
            "ocsf" => Some(Self::Ocsf),
            "cef" => Some(Self::Cef),
            _ => None,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Jsonl => "\"jsonl\"".into(),
            Self::Ocsf => "\"ocsf\"".into(),
            Self::Cef => "\"cef\"".into(),
        }
    }
}

/// Who says so.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum ExportError {
    /// The database failed, or holds what was never written.
    Store(#[from] Error),
    /// It could not be written.
    Output(#[from] io::Error),
}

impl ExportFormat {
    /// The line of an entry, with its end.
    ///
    /// # Errors
    /// If its detail is no JSON, which no entry was written with.
    pub fn line(self, link: &Link, product: Product) -> serde_json::Result<String> {
        let line = match self {
            Self::Jsonl => serde_json::to_string(&Line::of_entry(link)?)?,
            Self::Ocsf => ocsf::event(link, product)?.to_string(),
            Self::Cef => cef::event(link, product),
        };
        Ok(line + "\n")
    }
}

/// Rows that are read at once.
const PAGE: usize = 1_000;

/// Writes the whole record of all workspaces; blocks. A service may go on running meanwhile.
///
/// # Errors
/// If the database cannot be read, or `out` not be written.
pub fn export(
    database: &Database,
    format: ExportFormat,
    product: Product,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    if format == ExportFormat::Jsonl {
        checkpoints(database, out)?;
    }
    let mut after = (i64::MIN, i64::MIN);
    loop {
        let page = database.read_blocking(|connection| store::entries_after(connection, after, PAGE))?;
        let is_last = page.len() < PAGE;
        for row in page {
            after = (row.int(0)?, row.int(1)?);
            out.write_all(format.line(&store::link(row)?, product).map_err(unwritten)?.as_bytes())?;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Written first, so that they cannot have seen more than what follows.
fn checkpoints(database: &Database, out: &mut dyn Write) -> Result<(), ExportError> {
    let mut after = i64::MIN;
    loop {
        let page = database.read_blocking(|connection| store::checkpoints_after(connection, after, PAGE))?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (_, line) in page {
            let line = Line::of_checkpoint(line).and_then(|line| serde_json::to_string(&line)).map_err(unwritten)?;
            writeln!(out, "{line}")?;
        }
    }
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::Corrupt(format!("an entry of the audit was never written as it is: {error}"))
}
