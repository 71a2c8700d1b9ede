//! SQLite's write-ahead log, read as the file that it is: pages that commits have written and that need not be in the
//! database's file yet. The format is fixed (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).
//!
//! A *piece* is what [`copy`] makes of a log or of its continuation: the log's header, the checksum that goes before, and
//! whole commits. [`apply`] puts a piece into a copy of the database's file.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::FileExt;

/// Bytes of the log's header.
const HEADER: usize = 32;

/// Bytes before each page.
const FRAME: usize = 24;

/// Where copying has got to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    header: [u8; HEADER],
    frames: u64,
    sum: Sum,
}

impl Position {
    /// How many pages of the log have been copied.
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Whether this is still the log that was copied, and has not begun anew.
    pub(super) fn is_of(&self, log: &File) -> io::Result<bool> {
        let mut header = [0; HEADER];
        Ok(read_at(log, &mut header, 0)? == HEADER && header == self.header)
    }
}

/// The checksum that goes through a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sum {
    /// In which order the bytes of a word are.
    is_big: bool,
    words: [u32; 2],
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let [mut first, mut second] = self.words;
        for pair in bytes.as_chunks::<8>().0 {
            let (one, two) = (number(pair, 0, self.is_big), number(pair, 4, self.is_big));
            first = first.wrapping_add(one).wrapping_add(second);
            second = second.wrapping_add(two).wrapping_add(first);
        }
        self.words = [first, second];
    }

    /// Whether these bytes, always in network order, are the checksum so far.
    fn is(&self, bytes: &[u8], at: usize) -> bool {
        self.words == [number(bytes, at, true), number(bytes, at + 4, true)]
    }
}

/// The word at a place; 0 beyond the end.
fn number(bytes: &[u8], at: usize, is_big: bool) -> u32 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    if is_big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
}

/// The header of a log, if it is one, with the checksum after it and the size of a page.
fn opened(header: &[u8; HEADER]) -> Option<(Sum, usize)> {
    let is_big = match number(header, 0, true) {
        0x377F_0682 => false,
        0x377F_0683 => true,
        _ => return None,
    };
    let mut sum = Sum { is_big, words: [0, 0] };
    sum.add(header.get(..24)?);
    let page = number(header, 8, true) as usize;
    (sum.is(header, 24) && page.is_power_of_two() && (512..=65_536).contains(&page)).then_some((sum, page))
}

/// The page of a frame that follows, and the size of the database in pages if a commit ends with it.
fn follows(header: &[u8; HEADER], sum: &mut Sum, frame: &[u8]) -> Option<(u32, Option<u32>)> {
    if frame.get(8..16) != header.get(16..24) {
        return None;
    }
    sum.add(frame.get(..8)?);
    sum.add(frame.get(FRAME..)?);
    let (page, size) = (number(frame, 0, true), number(frame, 4, true));
    (sum.is(frame, 16) && page > 0).then_some((page, (size > 0).then_some(size)))
}

/// What goes before the frames of a piece.
fn preface(position: &Position) -> Vec<u8> {
    let [first, second] = position.sum.words.map(u32::to_be_bytes);
    [position.header.as_slice(), &first, &second].concat()
}

/// Copies the commits of a log that come after a position, or all of them if the log has begun anew since. Returns where
/// they end; `None` if there is no log.
///
/// # Errors
/// If the file cannot be read, or the copy not be written.
pub(super) fn copy(
    log: &File,
    after: Option<&Position>,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Option<Position>> {
    let mut header = [0; HEADER];
    if read_at(log, &mut header, 0)? < HEADER {
        return Ok(None);
    }
    let Some((sum, page)) = opened(&header) else { return Ok(None) };
    let continued = after.filter(|position| position.header == header).cloned();
    let mut position = continued.unwrap_or(Position { header, frames: 0, sum });
    let (mut sum, mut pending, mut frames) = (position.sum, preface(&position), position.frames);
    let length = FRAME + page;
    let mut frame = vec![0; length];
    // What is written while this reads would keep it going for ever.
    let end = log.metadata()?.len();
    while HEADER as u64 + (frames + 1) * length as u64 <= end
        && read_at(log, &mut frame, HEADER as u64 + frames * length as u64)? == length
    {
        let Some((_, commit)) = follows(&header, &mut sum, &frame) else { break };
        pending.extend_from_slice(&frame);
        frames += 1;
        if commit.is_some() {
            sink(&pending)?;
            pending.clear();
            position = Position { header, frames, sum };
        }
    }
    Ok(Some(position))
}

/// Reads until the buffer is full or the file ends; says how much was read.
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Puts a piece into the file of a database that nobody has open. An empty piece changes nothing.
///
/// # Errors
/// If the piece is none, or a file fails; then the database's file is worth nothing.
pub(crate) fn apply(database: &File, piece: &mut dyn Read) -> io::Result<()> {
    let mut preface = [0; HEADER + 8];
    if filled(piece, &mut preface)? == 0 {
        return Ok(());
    }
    let wrong = || io::Error::new(ErrorKind::InvalidData, "this is no piece of a write-ahead log");
    let header = preface.first_chunk::<HEADER>().ok_or_else(wrong)?;
    let (mut sum, page) = opened(header).ok_or_else(wrong)?;
    sum.words = [number(&preface, HEADER, true), number(&preface, HEADER + 4, true)];
    let (mut frame, mut pending): (_, Vec<(u64, Vec<u8>)>) = (vec![0; FRAME + page], Vec::new());
    loop {
        match filled(piece, &mut frame)? {
            0 if pending.is_empty() => return Ok(()),
            length if length == frame.len() => {}
            _ => return Err(wrong()),
        }
        let (number, commit) = follows(header, &mut sum, &frame).ok_or_else(wrong)?;
        let content = frame.get(FRAME..).unwrap_or_default().to_vec();
        pending.push((u64::from(number - 1) * page as u64, content));
        if let Some(size) = commit {
            for (at, content) in pending.drain(..) {
                database.write_all_at(&content, at)?;
            }
            database.set_len(u64::from(size) * page as u64)?;
        }
    }
}

fn filled(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
