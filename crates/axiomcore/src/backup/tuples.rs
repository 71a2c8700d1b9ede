//! Rows as `COPY … (FORMAT binary)` of PostgreSQL sends them
//! (<https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>), taken apart.

use super::{Column, Kind};
use crate::store::Cell;

/// What it begins with.
const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

/// After the signature: flags, and the length of what follows before the first row.
const HEADER: usize = SIGNATURE.len() + 8;

/// Takes pieces and gives rows.
pub(super) struct Tuples<'c> {
    columns: &'c [Column],
    bytes: Vec<u8>,
    at: usize,
    is_begun: bool,
    is_over: bool,
}

/// What was given is not what PostgreSQL sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong;

impl<'c> Tuples<'c> {
    pub(super) const fn new(columns: &'c [Column]) -> Self {
        Self { columns, bytes: Vec::new(), at: 0, is_begun: false, is_over: false }
    }

    /// Adds what follows.
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(piece);
    }

    /// Whether the end of the rows was met, and nothing after it.
    pub(super) fn is_whole(&self) -> bool {
        self.is_over && self.at == self.bytes.len()
    }

    /// The next row, if all of it is there.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Cell>>, Wrong> {
        if !self.is_begun {
            let Some(header) = self.bytes.get(..HEADER) else { return Ok(None) };
            let (signature, numbers) = header.split_at(SIGNATURE.len());
            // No flags, nothing more before the rows: that is how all versions so far write it.
            if signature != SIGNATURE || numbers.iter().any(|byte| *byte != 0) {
                return Err(Wrong);
            }
            (self.is_begun, self.at) = (true, HEADER);
        }
        if self.is_over {
            return Ok(None);
        }
        let mut rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(row) = row(self.columns, &mut rest)? else { return Ok(None) };
        self.at = self.bytes.len() - rest.len();
        self.is_over = row.is_none();
        Ok(row)
    }
}

/// What comes next: a row, or the end of them; nothing if not all of it is there.
fn row(columns: &[Column], rest: &mut &[u8]) -> Result<Option<Option<Vec<Cell>>>, Wrong> {
    let Some(count) = take(rest, 2).and_then(|bytes| bytes.try_into().ok()).map(i16::from_be_bytes) else {
        return Ok(None);
    };
    if count == -1 {
        return Ok(Some(None));
    }
    if usize::try_from(count) != Ok(columns.len()) {
        return Err(Wrong);
    }
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns {
        let Some(length) = take(rest, 4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_be_bytes) else {
            return Ok(None);
        };
        let Ok(length) = usize::try_from(length) else {
            cells.push(Cell::Null);
            continue;
        };
        let Some(bytes) = take(rest, length) else { return Ok(None) };
        cells.push(cell(column.kind, bytes)?);
    }
    Ok(Some(Some(cells)))
}

fn take<'b>(bytes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn cell(kind: Kind, bytes: &[u8]) -> Result<Cell, Wrong> {
    Ok(match kind {
        Kind::Integer => Cell::Int(i64::from_be_bytes(bytes.try_into().map_err(|_| Wrong)?)),
        Kind::Text => Cell::Text(std::str::from_utf8(bytes).map_err(|_| Wrong)?.to_owned()),
        Kind::Bytes => Cell::Bytes(bytes.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        let column = |name: &str, kind| Column { name: name.into(), kind };
        vec![column("n", Kind::Integer), column("t", Kind::Text), column("b", Kind::Bytes)]
    }

    /// Two rows: (-2, 'é', NULL) and (1, '', '\x00ff').
    fn sent() -> Vec<u8> {
        let mut bytes = [SIGNATURE.as_slice(), &[0; 8]].concat();
        bytes.extend([0, 3, 0, 0, 0, 8]);
        bytes.extend((-2_i64).to_be_bytes());
        bytes.extend([0, 0, 0, 2, 0xC3, 0xA9, 0xFF, 0xFF, 0xFF, 0xFF]);
        bytes.extend([0, 3, 0, 0, 0, 8]);
        bytes.extend(1_i64.to_be_bytes());
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 2, 0, 0xFF, 0xFF, 0xFF]);
        bytes
    }

    fn read(columns: &[Column], pieces: &[&[u8]]) -> Result<(Vec<Vec<Cell>>, bool), Wrong> {
        let (mut tuples, mut rows) = (Tuples::new(columns), Vec::new());
        for piece in pieces {
            tuples.push(piece);
            while let Some(row) = tuples.next()? {
                rows.push(row);
            }
        }
        Ok((rows, tuples.is_whole()))
    }

    #[test]
    fn rows_come_out_the_same_wherever_the_pieces_were_cut() {
        let (columns, bytes) = (columns(), sent());
        let rows = [
            vec![Cell::Int(-2), Cell::Text("é".into()), Cell::Null],
            vec![Cell::Int(1), Cell::Text(String::new()), Cell::Bytes(vec![0, 0xFF])],
        ];
        for cut in 0..=bytes.len() {
            let (one, two) = bytes.split_at(cut);
            assert_eq!(read(&columns, &[one, two]), Ok((rows.to_vec(), true)), "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&columns, &single), Ok((rows.to_vec(), true)));
    }

    #[test]
    fn what_ends_early_or_goes_on_is_not_whole_and_what_is_no_such_thing_is_refused() {
        let (columns, bytes) = (columns(), sent());
        for length in 0..bytes.len() {
            assert_eq!(read(&columns, &[&bytes[..length]]).map(|(_, is_whole)| is_whole), Ok(false), "{length}");
        }
        assert_eq!(read(&columns, &[&bytes, b"x"]).map(|(_, is_whole)| is_whole), Ok(false));
        assert_eq!(read(&columns[..2], &[&bytes]), Err(Wrong), "another number of columns");
        let mut other = bytes.clone();
        other[0] = b'Q';
        assert_eq!(read(&columns, &[&other]), Err(Wrong));
        let mut text = bytes;
        // In the middle of a character.
        text[37] = 0xFF;
        assert!(text != sent() && read(&columns, &[&text]).is_err());
    }
}
