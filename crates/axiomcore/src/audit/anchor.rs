//! The anchor: checkpoints outside the database, one a line, never rewritten.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::checkpoint::Signed;

/// An anchor file that is written to.
#[derive(Debug)]
pub(super) struct Anchor {
    file: Mutex<File>,
    /// Its last line.
    pub(super) last: Option<String>,
}

impl Anchor {
    /// Opens the file; makes it if there is none. Half a line at its end, which a crash has left, is taken away: the
    /// database has the whole of it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        let (mut last, mut whole) = (None, 0);
        let (mut reader, mut line) = (BufReader::new(&file), Vec::new());
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            if line.pop_if(|end| *end == b'\n').is_none() {
                break;
            }
            whole += read as u64;
            last = Some(String::from_utf8_lossy(&line).into_owned());
        }
        if file.metadata()?.len() > whole {
            file.set_len(whole)?;
        }
        Ok(Self { file: Mutex::new(file), last })
    }

    /// The number of the last checkpoint in it; 0 if there is none.
    pub(super) fn last_number(&self) -> u64 {
        let signed = self.last.as_deref().and_then(|line| Signed::read(line).ok());
        signed.map_or(0, |signed| signed.statement.number)
    }

    /// Appends lines; they are on disk when this returns.
    pub(super) fn append<'l>(&self, lines: impl Iterator<Item = &'l str>) -> io::Result<()> {
        let text = lines.fold(String::new(), |text, line| text + line + "\n");
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }
}
